/** What of a table decides whether a write can tell what it did to each row. */

import type { Caller } from '../../../client/feature.ts'
import type { Session } from '../../../pg/session.ts'
import type { Table } from '../../../query/index.ts'
import { bulkPartitioned } from '../errors.ts'

interface Facts {
  readonly partitioned: boolean
  /** PostgreSQL's major version. */
  readonly version: number
}

const known = new WeakMap<Session, Map<string, Facts>>()

/**
 * SQL for RETURNING that is true for an inserted row. Before PostgreSQL 18 it is told from the lock that an update leaves in
 * the row, which cannot be read through a partitioned table.
 *
 * @throws SUB_BULK_PARTITIONED
 */
export async function insertedSql(caller: Caller, operation: string, table: Table): Promise<string> {
  const { partitioned, version } = await factsOf(caller, table)
  if (!partitioned) return 'xmax = 0'
  if (version < 18) throw bulkPartitioned({ operation, version })
  const { columns } = table
  return `old.${columns.get(table.key[0]!)!.sql} IS NULL`
}

async function factsOf({ session, execute }: Caller, table: Table): Promise<Facts> {
  const tables = known.get(session) ?? new Map<string, Facts>()
  known.set(session, tables)
  const cached = tables.get(table.sql)
  if (cached) return cached
  const text = `SELECT (SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass($1)), current_setting('server_version_num')::int / 10000`
  const { rows } = await execute({ text, values: [table.sql] })
  const facts = { partitioned: rows[0]?.[0] === 't', version: Number(rows[0]?.[1]) }
  tables.set(table.sql, facts)
  return facts
}
