/**
 * The statement of an upsert. Rows that are there and would not change are left out before ON CONFLICT sees them: that would
 * lock them, and a lock is a write to the log. What changes between the look and the lock ON CONFLICT judges again.
 *
 * The rows of the data go by the name `excluded` throughout, as ON CONFLICT itself calls them, and what is there by
 * `existing`: so that a caller's SQL reads the same in both places.
 *
 * @see https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
 */
import { type Catalog, type Column, comparedType, type Table } from '../../query/index.ts'
import type { RowNames, WireParameters } from './fragment.ts'
import type { Key } from './key.ts'
import { ORDINAL, type Source } from './source.ts'
import type { Change } from './update-list.ts'

/** A column of the new rows: read from the source, or one value for all. */
export interface NewColumn {
  readonly column: Column
  readonly sql: string
}

export interface UpsertParts {
  readonly table: Table
  readonly catalog: Catalog
  readonly key: Key
  readonly source: Source
  readonly columns: readonly NewColumn[]
  readonly changes: readonly Change[]
  /** The caller's condition on rows that are there. */
  readonly where: string | undefined
  /** Registers a parameter. */
  readonly add: WireParameters
}

export const EXISTING = '"existing"'
export const EXCLUDED = '"excluded"'
/** The number of a row, from 1; no column of a table is likely to have the name. */
export const POSITION = '"#"'

export const existing: RowNames = (column) => `${EXISTING}.${column.sql}`
export const excluded: RowNames = (column) => `${EXCLUDED}.${column.sql}`

/** The rows of the data under the names of their columns. */
export function rowsSql({ source, columns }: Pick<UpsertParts, 'source' | 'columns'>): string {
  const cells = columns.map(({ column, sql }) => `${sql} AS ${column.sql}`)
  return `SELECT ${[...cells, `${ORDINAL} AS ${POSITION}`].join(', ')} FROM ${source.from}`
}

/** @param rows - What stands behind FROM for the rows of the data. */
export function insertSql(parts: UpsertParts, rows: string): string {
  const { table, key, columns, changes } = parts
  const names = columns.map(({ column }) => column.sql).join(', ')
  const cells = columns.map(({ column }) => excluded(column)).join(', ')
  const target = key.columns.map(({ sql }) => sql).join(', ')
  const partial = key.unique.where === undefined ? '' : ` WHERE ${key.unique.where}`
  // Rows to which a partial key does not apply are new, whatever is there; ON CONFLICT alone can tell.
  const changed = key.unique.where === undefined ? withoutUnchanged(parts) : ''
  const action = changes.length === 0 ? 'NOTHING' : `UPDATE SET ${updateSql(parts)}`
  return `INSERT INTO ${table.sql} AS ${EXISTING} (${names}) SELECT ${cells} FROM ${rows}${changed} ORDER BY ${EXCLUDED}.${POSITION} ON CONFLICT (${target})${partial} DO ${action}`
}

function updateSql(parts: UpsertParts): string {
  const set = parts.changes.map((change) => `${change.column.sql} = ${change.sql(existing, excluded, parts.add)}`)
  return `${set.join(', ')} WHERE ${changesSql(parts)}`
}

/** Past the rows that are there already and would stay as they are. */
function withoutUnchanged(parts: UpsertParts): string {
  const { table, key, catalog, changes } = parts
  const absent = `${existing(key.columns[0]!)} IS NULL`
  const wanted = changes.length === 0 ? absent : `(${absent} OR ${changesSql(parts)})`
  return ` LEFT JOIN ${table.sql} AS ${EXISTING} ON ${matches(key, catalog, existing)} WHERE ${wanted}`
}

/** That a row of the data has the key of another row. */
export function matches({ columns }: Key, catalog: Catalog, other: RowNames): string {
  return columns
    .map((column) => `${other(column)} = ${excluded(column)}::${comparedType(column.field, catalog)}`)
    .join(' AND ')
}

/** That a row that is there may be changed and would be. */
function changesSql(parts: UpsertParts): string {
  const { changes, where } = parts
  const tests = changes.filter(({ silent }) => !silent).map((change) => differs(change, parts))
  return [`(${tests.join(' OR ')})`, ...(where === undefined ? [] : [`(${where})`])].join(' AND ')
}

function differs({ column, sql }: Change, { catalog, add }: UpsertParts): string {
  const type = comparedType(column.field, catalog)
  // `json` has no equality of its own.
  const before = column.field.type === 'Json' ? `${existing(column)}::${type}` : existing(column)
  return `${before} IS DISTINCT FROM ${sql(existing, excluded, add)}::${type}`
}
