import { stripVTControlCharacters } from 'node:util'
import type { SchemaFault } from './errors.ts'

/** Takes the engine's rendered validation errors apart: `error: message`, then `  -->  file:line`. */
export function parseSchemaFaults(rendered: string): SchemaFault[] {
  const pattern = /^error: (?<message>[\s\S]*?)\n\s+-->\s+(?<file>.+):(?<line>\d+)$/gm
  return [...stripVTControlCharacters(rendered).matchAll(pattern)].map(({ groups = {} }) => ({
    file: groups.file ?? '',
    line: Number(groups.line),
    message: (groups.message ?? '').replace(/^Error (?:parsing|validating)[^:]*: /, '').trim(),
  }))
}
