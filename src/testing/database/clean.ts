import type { Client } from 'pg'
import { LEDGER } from '../../migrate/index.ts'
import { identifier } from '../../pg/sql.ts'
import { sqlStateOf } from '../../pg/sql-state.ts'
import { withClient } from '../../pg/with-client.ts'
import { cleanBlocked, cleanInProduction, cleanNotAllowed } from '../errors.ts'
import { openConnections } from './connections.ts'

/** How long another session may hold on to a table. */
const LOCK_TIMEOUT = 3_000

/**
 * Empties every table of every schema in one statement and starts the identities again. Prisma's ledger, the tables of
 * extensions and foreign tables stay as they are; views and materialized views too.
 *
 * @param url - As the owner of the tables (`ownerUrl`): the application role may not truncate.
 * @throws SUB_CLEAN_IN_PRODUCTION where NODE_ENV is `production`, SUB_CLEAN_NOT_ALLOWED, SUB_CLEAN_BLOCKED
 */
export async function cleanDatabase(url: string): Promise<void> {
  if (process.env.NODE_ENV === 'production') throw cleanInProduction({})
  await withClient(url, async (client) => {
    const tables = await userTables(client)
    if (tables.length === 0) return
    const forbidden = tables.filter((table) => !table.allowed).map((table) => table.name)
    if (forbidden.length > 0) throw cleanNotAllowed({ role: client.user ?? 'this role', tables: forbidden })
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT}`)
    try {
      await client.query(`TRUNCATE ${tables.map((table) => table.quoted).join(', ')} RESTART IDENTITY CASCADE`)
    } catch (cause) {
      if (sqlStateOf(cause) === '42501')
        throw cleanNotAllowed(
          { role: client.user ?? 'this role', tables: tables.map((table) => table.name) },
          { cause },
        )
      if (sqlStateOf(cause) === '55P03') throw cleanBlocked({ connections: await openConnections(client) }, { cause })
      throw cause
    }
  })
}

interface Table {
  readonly name: string
  readonly quoted: string
  readonly allowed: boolean
}

/** Partitions are left to their parents, which empty them. */
async function userTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<{ schema: string; table: string; allowed: boolean }>(
    `SELECT n.nspname AS schema, c.relname AS table, has_table_privilege(c.oid, 'TRUNCATE') AS allowed
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND c.relname <> $1
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY 1, 2`,
    [LEDGER],
  )
  return rows.map(({ schema, table, allowed }) => ({
    name: `${schema}.${table}`,
    quoted: identifier(schema, table),
    allowed,
  }))
}
