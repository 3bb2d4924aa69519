import { createRequire } from 'node:module'
import { stripVTControlCharacters } from 'node:util'
import type { DMMF } from '@prisma/generator-helper'
import { type PrismaFault, schemaInvalid } from './errors.ts'
import type { SourceFile } from './source/source-file.ts'

interface SchemaParser {
  get_datamodel(params: string): string
}

const require = createRequire(import.meta.url)

/**
 * Prisma's own reading of the schema, by the parser that its CLI has inside.
 *
 * @throws SUB_SCHEMA_INVALID with Prisma's message.
 */
export function prismaDatamodel(files: readonly SourceFile[]): DMMF.Datamodel {
  // 3 MB of WebAssembly, which a generator that Prisma started does not need.
  const parser: SchemaParser = require('@prisma/prisma-schema-wasm')
  const prismaSchema = files.map(({ path, text }) => [path, text])
  try {
    return JSON.parse(parser.get_datamodel(JSON.stringify({ prismaSchema, noColor: true })))
  } catch (error) {
    const rendered = stripVTControlCharacters(messageOf(error))
    throw schemaInvalid({ faults: prismaFaults(rendered), rendered }, { cause: error })
  }
}

/** The parser's errors hold a JSON document with the message that people see. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  try {
    const { message }: { message?: unknown } = JSON.parse(text)
    return typeof message === 'string' ? message : text
  } catch {
    return text
  }
}

/** Takes Prisma's rendered message apart: `error: message`, then `  -->  file:line`. */
function prismaFaults(rendered: string): PrismaFault[] {
  const pattern = /^error: (?<message>[\s\S]*?)\n\s+-->\s+(?<file>.+):(?<line>\d+)$/gm
  return [...rendered.matchAll(pattern)].map(({ groups = {} }) => ({
    file: groups.file ?? '',
    line: Number(groups.line),
    message: (groups.message ?? '').trim(),
  }))
}
