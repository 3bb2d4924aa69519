import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrationsForAnother, migrationsNotFound, migrationWithoutFile } from './errors.ts'

/** One folder of a Prisma migrations directory. */
export interface Migration {
  readonly name: string
  readonly sql: string
}

/** Reads a Prisma migrations directory, in the order in which Prisma applies it. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? migrationsNotFound({ directory }, { cause: error }) : error
  })
  await checkProvider(join(directory, 'migration_lock.toml'))
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  names.sort((a, b) => a.localeCompare(b))
  return Promise.all(names.map(async (name) => ({ name, sql: await readScript(directory, name) })))
}

/** The checksum that Prisma's ledger keeps of a migration. */
export function checksum(sql: string): string {
  return createHash('sha256').update(sql).digest('hex')
}

/** Whether a checksum is this script's, whichever line ends git gave the file. */
export function matchesChecksum(sql: string, recorded: string): boolean {
  const lf = sql.replaceAll('\r\n', '\n')
  return [sql, lf, lf.replaceAll('\n', '\r\n')].some((text) => checksum(text) === recorded)
}

async function checkProvider(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const provider = /^\s*provider\s*=\s*"(.*)"/m.exec(text)?.[1]
  if (provider !== undefined && provider !== 'postgresql') throw migrationsForAnother({ provider })
}

async function readScript(directory: string, migration: string): Promise<string> {
  return readFile(join(directory, migration, 'migration.sql'), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' ? migrationWithoutFile({ migration }, { cause }) : cause
  })
}
