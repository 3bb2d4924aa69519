import { resolve } from 'node:path'
import type { Client, ClientConfig } from 'pg'
import { ensureImportLedger } from '../features/bulk/import/ledger-table.ts'
import { answerOf } from '../pg/answer.ts'
import { identifier } from '../pg/sql.ts'
import { sqlStateOf } from '../pg/sql-state.ts'
import { withClient } from '../pg/with-client.ts'
import { checksum, type Migration, matchesChecksum, readMigrations } from './directory.ts'
import { migrationFailed, migrationLeftOpen, migrationUnresolved } from './errors.ts'
import { ensureLedger, lockLedger, readLedger, recordFailure, recordFinish, recordStart } from './ledger.ts'

export interface DeployOptions {
  /** Of the role that owns the tables. `?schema=` is honoured as Prisma does. */
  url: string
  /** Prisma's migrations directory. */
  directory: string
  /** Called as each migration starts. */
  onApply?: (name: string) => void
  /** How long another deploy may hold the migration lock, in milliseconds; default 10,000, as Prisma's. */
  lockTimeout?: number
}

/** Names of migrations, each list in the order of the directory or of the ledger. */
export interface DeployResult {
  /** Applied by this call. */
  readonly applied: string[]
  /** Applied before. */
  readonly already: string[]
  /** Applied before, and the file was changed since. Like Prisma, deploy goes on: the change reaches no database. */
  readonly edited: string[]
  /** Applied before, and not in the directory any more. */
  readonly absent: string[]
}

/**
 * Applies what is pending in a Prisma migrations directory and writes Prisma's ledger, so that `prisma migrate deploy`
 * and `status` see the same. Each file is sent whole, as Prisma does: PostgreSQL runs it as one transaction, unless the
 * file has BEGIN and COMMIT of its own. The ledger of resumable imports is made where it is missing.
 *
 * @throws SUB_MIGRATIONS_NOT_FOUND, SUB_MIGRATION_WITHOUT_FILE, SUB_MIGRATIONS_FOR_ANOTHER_DATABASE, SUB_MIGRATE_LOCKED,
 * SUB_DATABASE_NOT_EMPTY, SUB_MIGRATION_UNRESOLVED, SUB_MIGRATION_FAILED, SUB_MIGRATION_LEFT_OPEN
 */
export async function deployMigrations(options: DeployOptions): Promise<DeployResult> {
  const migrations = await readMigrations(resolve(options.directory))
  const { session, schema } = parseTarget(options.url)
  return withClient(session, async (client) => {
    await lockLedger(client, options.lockTimeout ?? 10_000)
    await ensureLedger(client, schema)
    const { pending, ...known } = compare(migrations, await readLedger(client, schema))
    if (known.failed.length > 0) throw migrationUnresolved({ migrations: known.failed })
    for (const migration of pending) {
      options.onApply?.(migration.name)
      await apply({ client, schema, session, migration })
    }
    await ensureImportLedger(client)
    const { already, edited, absent } = known
    return { applied: pending.map(({ name }) => name), already, edited, absent }
  })
}

/** What a URL of Prisma asks for: its `schema` parameter is the search path. */
export function parseTarget(url: string): { session: ClientConfig; schema: string } {
  const schema = new URL(url).searchParams.get('schema')
  if (schema === null) return { session: { connectionString: url }, schema: 'public' }
  const searchPath = identifier(schema).replace(/[\\ ]/g, '\\$&')
  return { session: { connectionString: url, options: `-c search_path=${searchPath}` }, schema }
}

function compare(migrations: Migration[], ledger: Awaited<ReturnType<typeof readLedger>>) {
  const applied = new Map(ledger.filter((row) => row.state === 'applied').map((row) => [row.name, row.checksum]))
  const names = new Set(migrations.map(({ name }) => name))
  return {
    pending: migrations.filter(({ name }) => !applied.has(name)),
    already: migrations.filter(({ name }) => applied.has(name)).map(({ name }) => name),
    edited: migrations
      .filter(({ name, sql }) => applied.has(name) && !matchesChecksum(sql, applied.get(name)!))
      .map(({ name }) => name),
    absent: [...applied.keys()].filter((name) => !names.has(name)),
    failed: ledger.filter((row) => row.state === 'failed').map((row) => row.name),
  }
}

async function apply(step: {
  client: Client
  schema: string
  session: ClientConfig
  migration: Migration
}): Promise<void> {
  const { client, schema, session, migration } = step
  const id = await recordStart(client, schema, migration.name, checksum(migration.sql))
  try {
    await runScript(session, migration)
  } catch (error) {
    // Where even this fails, the row without finished_at says enough, and the first error is the one to report.
    await recordFailure(client, schema, id, describe(error)).catch(() => {})
    throw error
  }
  await recordFinish(client, schema, id)
}

/** A session of its own, so that a SET, a SET ROLE or a lost COMMIT reaches neither the ledger nor the next file. */
async function runScript(session: ClientConfig, { name, sql }: Migration): Promise<void> {
  await withClient(session, async (client) => {
    try {
      await client.query(sql)
    } catch (cause) {
      const sqlState = sqlStateOf(cause)
      const line = lineOf(sql, (cause as { position?: string }).position)
      const reason = answerOf(cause)
      throw migrationFailed(
        { migration: name, ...(sqlState && { sqlState }), ...(line && { line }), ...(reason && { reason }) },
        { cause },
      )
    }
    if (client.getTransactionStatus() !== 'I') throw migrationLeftOpen({ migration: name })
  })
}

/** PostgreSQL counts characters, not UTF-16 units, from 1. */
function lineOf(sql: string, position: string | undefined): number | undefined {
  if (position === undefined) return undefined
  return (
    Array.from(sql)
      .slice(0, Number(position) - 1)
      .filter((character) => character === '\n').length + 1
  )
}

function describe(error: unknown): string {
  const parts = error instanceof Error && error.cause instanceof Error ? [error, error.cause] : [error]
  return parts.map((part) => (part instanceof Error ? part.message : String(part))).join('\n')
}
