import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SchemaFile } from './session.ts'

/** Reads a schema as Prisma does: one file, or every `.prisma` file below a folder. */
export function readSchemaFiles(path: string): SchemaFile[] {
  if (!statSync(path).isDirectory()) return [{ path, content: readFileSync(path, 'utf8') }]
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.prisma'))
  return names.sort().map((name) => ({ path: join(path, name), content: readFileSync(join(path, name), 'utf8') }))
}
