import type { Client } from 'pg'
import { type Migration, matchesChecksum } from '../directory.ts'
import { migrationUnresolved } from '../errors.ts'
import { hasLedger, readLedger } from '../ledger.ts'
import { migrationsAbsent, migrationsEdited } from './errors.ts'

/** A migrations directory seen from a database. */
export interface History {
  readonly applied: readonly Migration[]
  readonly pending: readonly Migration[]
}

/**
 * Compares the migrations directory with the ledger of the development database.
 *
 * @throws SUB_MIGRATION_UNRESOLVED, SUB_MIGRATIONS_EDITED, SUB_MIGRATIONS_ABSENT
 */
export async function readHistory(client: Client, schema: string, migrations: readonly Migration[]): Promise<History> {
  const ledger = (await hasLedger(client, schema)) ? await readLedger(client, schema) : []
  const failed = ledger.filter(({ state }) => state === 'failed').map(({ name }) => name)
  if (failed.length > 0) throw migrationUnresolved({ migrations: failed })
  const checksums = new Map(
    ledger.filter(({ state }) => state === 'applied').map(({ name, checksum }) => [name, checksum]),
  )
  const absent = [...checksums.keys()].filter((name) => !migrations.some((each) => each.name === name))
  if (absent.length > 0) throw migrationsAbsent({ migrations: absent })
  const applied = migrations.filter(({ name }) => checksums.has(name))
  const edited = applied.filter(({ name, sql }) => !matchesChecksum(sql, checksums.get(name) ?? ''))
  if (edited.length > 0) throw migrationsEdited({ migrations: edited.map(({ name }) => name) })
  return { applied, pending: migrations.filter(({ name }) => !checksums.has(name)) }
}
