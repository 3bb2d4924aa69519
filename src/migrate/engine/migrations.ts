import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationList } from '@prisma/schema-engine-wasm'

/** The lock file's content when there is none yet: the engine insists on a provider. */
const LOCKFILE = 'provider = "postgresql"\n'

/** Reads a Prisma migrations directory, oldest first. A directory that is not there is an empty history. */
export function readMigrations(directory: string, shadowDatabaseInitScript = ''): MigrationList {
  const names = readdir(directory)
  return {
    baseDir: directory,
    lockfile: { path: 'migration_lock.toml', content: read(join(directory, 'migration_lock.toml')) ?? LOCKFILE },
    shadowDbInitScript: shadowDatabaseInitScript,
    migrationDirectories: names.map((name) => {
      const content = read(join(directory, name, 'migration.sql'))
      return {
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content:
            content === undefined
              ? { tag: 'error', value: `${name} has no migration.sql` }
              : { tag: 'ok', value: content },
        },
      }
    }),
  }
}

/** The engine needs a lock file also for a history that has none. */
export function withLockfile(list: MigrationList): MigrationList {
  return list.lockfile.content ? list : { ...list, lockfile: { ...list.lockfile, content: LOCKFILE } }
}

function readdir(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort((a, b) => a.localeCompare(b))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
