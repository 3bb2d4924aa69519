/**
 * The statement of an upsert. Rows that are there and would not change are left out before ON CONFLICT sees them: that would
 * lock them, and a lock is a write to the log. What changes between the look and the lock ON CONFLICT judges again.
 *
 * Both rows have the same names in both places, so that a caller's SQL reads the same.
 *
 * @see https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
 */
import type { Catalog, RowSource, Table } from '../../../query/index.ts'
import type { Key } from '../rows/key.ts'
import { differs, EXCLUDED, EXISTING, excluded, existing, matches, type NewColumn, POSITION } from '../rows/row-sql.ts'
import type { WireParameters } from './fragment.ts'
import type { Change } from './update-list.ts'

export interface UpsertParts {
  readonly table: Table
  readonly catalog: Catalog
  readonly key: Key
  readonly source: RowSource
  readonly columns: readonly NewColumn[]
  readonly changes: readonly Change[]
  /** The caller's condition on rows that are there. */
  readonly where: string | undefined
  /** Registers a parameter. */
  readonly add: WireParameters
}

/** @param rows - What stands behind FROM for the rows of the data. */
export function upsertSql(parts: UpsertParts, rows: string): string {
  const { key, changes } = parts
  const target = key.columns.map(({ sql }) => sql).join(', ')
  const partial = key.unique.where === undefined ? '' : ` WHERE ${key.unique.where}`
  // Rows to which a partial key does not apply are new, whatever is there; ON CONFLICT alone can tell.
  const changed = key.unique.where === undefined ? withoutUnchanged(parts) : ''
  const action = changes.length === 0 ? 'NOTHING' : `UPDATE SET ${updateSql(parts)}`
  return `${insertSql(parts, `${rows}${changed}`)} ON CONFLICT (${target})${partial} DO ${action}`
}

/** Inserts whatever comes. */
export function insertSql({ table, columns }: Pick<UpsertParts, 'table' | 'columns'>, rows: string): string {
  const names = columns.map(({ column }) => column.sql).join(', ')
  const cells = columns.map(({ column }) => excluded(column)).join(', ')
  return `INSERT INTO ${table.sql} AS ${EXISTING} (${names}) SELECT ${cells} FROM ${rows} ORDER BY ${EXCLUDED}.${POSITION}`
}

function updateSql(parts: UpsertParts): string {
  const set = parts.changes.map((change) => `${change.column.sql} = ${change.sql(existing, excluded, parts.add)}`)
  return `${set.join(', ')} WHERE ${changesSql(parts)}`
}

/**
 * Past the rows that are there already and would stay as they are. Each is looked up in the index: over a join of its own choice
 * PostgreSQL would read a large table whole for every portion.
 */
function withoutUnchanged(parts: UpsertParts): string {
  const { table, key, catalog, changes } = parts
  const changed = changes.length === 0 ? 'false' : `(${changesSql(parts)}) IS TRUE`
  const found = `SELECT ${changed} FROM ${table.sql} AS ${EXISTING} WHERE ${matches(key, catalog, existing)}`
  return ` WHERE coalesce((${found}), true)`
}

/** That a row that is there may be changed and would be. */
function changesSql(parts: UpsertParts): string {
  const { changes, where, catalog, add } = parts
  const tests = changes
    .filter(({ silent }) => !silent)
    .map(({ column, sql }) => differs(column, sql(existing, excluded, add), catalog))
  return [`(${tests.join(' OR ')})`, ...(where === undefined ? [] : [`(${where})`])].join(' AND ')
}
