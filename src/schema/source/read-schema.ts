import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { schemaNotFound } from '../errors.ts'
import type { SourceFile } from './source-file.ts'

/** The schema's files and the folder they lie in. */
export interface SchemaSource {
  readonly files: readonly SourceFile[]
  /** Absolute. Paths that annotations name are kept relative to it. */
  readonly directory: string
}

/**
 * Reads the schema at a path: one file, or every `.prisma` file below a folder, sorted by path.
 *
 * @throws SUB_SCHEMA_NOT_FOUND when nothing is there.
 */
export function readSchema(schemaPath: string): SchemaSource {
  const stat = statSync(schemaPath, { throwIfNoEntry: false })
  if (!stat) throw schemaNotFound({ path: schemaPath })
  const root = realpathSync(schemaPath)
  const paths = stat.isDirectory() ? prismaFiles(root) : [root]
  if (paths.length === 0) throw schemaNotFound({ path: schemaPath })
  return {
    files: paths.map((path) => ({ path: displayed(path), text: readFileSync(path, 'utf8') })),
    directory: stat.isDirectory() ? root : dirname(root),
  }
}

/** Links are followed, as Prisma does. */
function prismaFiles(directory: string): string[] {
  const paths = readdirSync(directory).map((name) => join(directory, name))
  return paths.sort().flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory()) return prismaFiles(path)
    return stat?.isFile() && path.endsWith('.prisma') ? [path] : []
  })
}

function displayed(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}
