import { resolve } from 'node:path'
import { type Field, type ModelBlock, readText, type SchemaMeta, type SchemaSource } from '../../schema/index.ts'
import type { SchemaFile } from '../engine/index.ts'
import { type DeclaredObject, keyOf, type Names } from '../objects/index.ts'

/**
 * The schema as Prisma's engine gets it. A generated column that is to be added is written there with its definition as the type:
 * `Unsupported("DECIMAL(12,2) GENERATED ALWAYS AS (…) STORED")`, which the engine copies into CREATE TABLE or ADD COLUMN. Such fields
 * go to the end of their model, behind the columns that they are computed from.
 */
export function datamodelFor(
  source: SchemaSource,
  schema: SchemaMeta,
  names: Names,
  added: readonly DeclaredObject[],
): SchemaFile[] {
  const definitions = new Map(added.map((each) => [keyOf(each), each]))
  const edits = readText(source.files)
    .blocks.filter((each): each is ModelBlock => each.kind === 'model')
    .flatMap((block) => editsOf(block, schema, names, definitions))
  return source.files.map((file) => ({
    path: resolve(file.path),
    content: applyEdits(
      file.text,
      edits.filter((each) => each.path === file.path),
    ),
  }))
}

interface Edit {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly text: string
}

function editsOf(
  block: ModelBlock,
  schema: SchemaMeta,
  names: Names,
  definitions: ReadonlyMap<string, DeclaredObject>,
): Edit[] {
  const model = schema.models[block.name]
  const path = block.file.path
  return block.members.flatMap((field) => {
    const column = model?.fields[field.name]?.column
    if (model === undefined || column === undefined) return []
    const name = { schema: model.schema ?? names.defaultSchema, table: model.table, name: column }
    const declared = definitions.get(keyOf({ kind: 'generated column', name }))
    if (declared?.definition === undefined) return []
    const line = `\n  ${unsupportedField(field, declared.definition)}\n`
    return [
      { path, start: field.start, end: field.end, text: '' },
      { path, start: block.end - 1, end: block.end - 1, text: line },
    ]
  })
}

/** Prisma takes neither a native type nor an empty default on it; all else stays. */
function unsupportedField({ file, start, end, name, optional }: Field, definition: string): string {
  const attributes = file.text
    .slice(start, end)
    .replace(/^\w+\s+\w+(?:\[\])?\??/, '')
    .replace(/@\w+\.\w+(?:\([^)]*\))?/g, '')
    .replace(/@default\(dbgenerated\(\)\)/, '')
  return `${name} Unsupported(${JSON.stringify(definition)})${optional ? '?' : ''} ${attributes}`
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + inserted + result.slice(end)
  return result
}
