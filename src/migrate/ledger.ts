/** Prisma's ledger, `_prisma_migrations`, read and written as Prisma's schema engine does. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { identifier } from '../pg/sql.ts'
import { databaseNotEmpty, migrateLocked } from './errors.ts'

/** The ledger's name in every schema. */
export const LEDGER = '_prisma_migrations'

/** The advisory lock of `prisma migrate`: held by one side, it keeps the other out. */
const LOCK = 72707369

/** A row of the ledger. */
export interface LedgerRow {
  readonly name: string
  readonly checksum: string
  /** `failed` is what started, never finished and was not marked as rolled back. */
  readonly state: 'applied' | 'failed' | 'rolled back'
}

/**
 * Takes the migration lock until the session ends.
 *
 * Asks again and again instead of waiting inside PostgreSQL: a statement that waits keeps a snapshot, and CREATE INDEX
 * CONCURRENTLY of the one who holds the lock would wait for that snapshot: a deadlock.
 */
export async function lockLedger(client: Client, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS locked`)
    if (rows[0]?.locked) return
    if (performance.now() >= deadline)
      throw migrateLocked({ seconds: milliseconds / 1000, holders: await lockHolders(client) })
    await sleep(50)
  }
}

async function lockHolders(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ holder: string }>(
    `SELECT format('process %s (%s)', a.pid, coalesce(nullif(a.application_name, ''), 'no application_name')) AS holder
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = ${LOCK} AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows.map((row) => row.holder)
}

/**
 * Makes the ledger where it is missing and takes the rights to it from everyone but its owner, to whom default
 * privileges may have given some.
 *
 * @throws SUB_DATABASE_NOT_EMPTY
 */
export async function ensureLedger(client: Client, schema: string): Promise<void> {
  if (!(await hasLedger(client, schema))) {
    const tables = await listTables(client, schema)
    if (tables.length > 0) throw databaseNotEmpty({ tables })
    await client.query(
      `CREATE TABLE ${identifier(schema, LEDGER)} (
         id                  VARCHAR(36) PRIMARY KEY NOT NULL,
         checksum            VARCHAR(64) NOT NULL,
         finished_at         TIMESTAMPTZ,
         migration_name      VARCHAR(255) NOT NULL,
         logs                TEXT,
         rolled_back_at      TIMESTAMPTZ,
         started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
         applied_steps_count INTEGER NOT NULL DEFAULT 0
       )`,
    )
  }
  await closeLedger(client, schema)
}

export async function hasLedger(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    identifier(schema, LEDGER),
  ])
  return rows[0]?.found === true
}

async function listTables(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY name`,
    [identifier(schema)],
  )
  return rows.map((row) => row.name)
}

async function closeLedger(client: Client, schema: string): Promise<void> {
  const { rows } = await client.query<{ grantee: string | null }>(
    `SELECT DISTINCT r.rolname AS grantee
       FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
      WHERE c.oid = to_regclass($1) AND a.grantee <> c.relowner AND c.relowner = current_user::regrole`,
    [identifier(schema, LEDGER)],
  )
  const grantees = rows.map(({ grantee }) => (grantee === null ? 'PUBLIC' : identifier(grantee)))
  if (grantees.length > 0) await client.query(`REVOKE ALL ON ${identifier(schema, LEDGER)} FROM ${grantees.join(', ')}`)
}

/** Every row, oldest first. */
export async function readLedger(client: Client, schema: string): Promise<LedgerRow[]> {
  const { rows } = await client.query<LedgerRow>(
    `SELECT migration_name AS name, checksum,
            CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled back'
                 WHEN finished_at IS NULL THEN 'failed'
                 ELSE 'applied' END AS state
       FROM ${identifier(schema, LEDGER)} ORDER BY started_at`,
  )
  return rows
}

/** Writes that a migration starts, and returns the row's id. */
export async function recordStart(client: Client, schema: string, name: string, checksum: string): Promise<string> {
  const id = randomUUID()
  await client.query(
    `INSERT INTO ${identifier(schema, LEDGER)} (id, checksum, started_at, migration_name)
     VALUES ($1, $2, clock_timestamp(), $3)`,
    [id, checksum, name],
  )
  return id
}

/** Writes that a migration is done. Prisma counts a whole file as one step. */
export async function recordFinish(client: Client, schema: string, id: string): Promise<void> {
  await client.query(
    `UPDATE ${identifier(schema, LEDGER)}
        SET applied_steps_count = applied_steps_count + 1, finished_at = clock_timestamp() WHERE id = $1`,
    [id],
  )
}

/** Keeps what PostgreSQL answered to a migration that failed. */
export async function recordFailure(client: Client, schema: string, id: string, logs: string): Promise<void> {
  await client.query(`UPDATE ${identifier(schema, LEDGER)} SET logs = $2 WHERE id = $1`, [id, logs])
}
