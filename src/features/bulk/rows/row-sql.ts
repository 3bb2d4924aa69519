/** The two rows that bulk writes speak of: `excluded` from the data, as ON CONFLICT itself calls it, and `existing`. */
import { type Catalog, type Column, comparedType, identityType, ORDINAL, type RowSource } from '../../../query/index.ts'
import type { RowNames } from '../upsert/fragment.ts'
import type { Key } from './key.ts'

export const EXISTING = '"existing"'
export const EXCLUDED = '"excluded"'
/**
 * The parts of a statement that has several. No table may have their names: in its own schema it would be hidden by them.
 */
export const names = { data: '"#data"', locked: '"#locked"', written: '"#written"' } as const
/** The number of a row, from 1; no column of a table is likely to have the name. */
export const POSITION = '"#"'

export const existing: RowNames = (column) => `${EXISTING}.${column.sql}`
export const excluded: RowNames = (column) => `${EXCLUDED}.${column.sql}`

/** A column of the data's rows: read from the source, or one value for all. */
export interface NewColumn {
  readonly column: Column
  readonly sql: string
}

/** The rows of the data under the names of their columns. */
export function rowsSql(source: RowSource, columns: readonly NewColumn[]): string {
  const cells = columns.map(({ column, sql }) => `${sql} AS ${column.sql}`)
  return `SELECT ${[...cells, `${ORDINAL} AS ${POSITION}`].join(', ')} FROM ${source.from}`
}

/** That a row of the data has the key of another row. */
export function matches({ columns }: Key, catalog: Catalog, other: RowNames): string {
  return columns
    .map((column) => `${other(column)} = ${excluded(column)}::${comparedType(column.field, catalog)}`)
    .join(' AND ')
}

/** That a column of the row that is there is not what it would become. */
export function differs(column: Column, becomes: string, catalog: Catalog): string {
  const type = identityType(column.field, catalog)
  const before = type.startsWith('text') ? `${existing(column)}::${type}` : existing(column)
  return `${before} IS DISTINCT FROM ${becomes}::${type}`
}

/** A column as it is read: `money` is a number only without its currency. */
export function readable({ field }: Column, sql: string): string {
  if (field.native !== 'Money') return sql
  return field.list ? `${sql}::numeric[]` : `${sql}::numeric`
}
