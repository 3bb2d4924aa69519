/**
 * Statements that change or delete rows by a key, other values for each. The rows are locked in the order of the data before
 * anything is done to them: in what order UPDATE itself finds its rows is the planner's choice.
 */
import type { Catalog, Column, RowSource, Table } from '../../../query/index.ts'
import type { Key } from '../rows/key.ts'
import {
  differs,
  EXCLUDED,
  EXISTING,
  excluded,
  existing,
  matches,
  type NewColumn,
  names,
  POSITION,
  rowsSql,
} from '../rows/row-sql.ts'

export interface EachParts {
  readonly table: Table
  readonly catalog: Catalog
  readonly key: Key
  readonly source: RowSource
  readonly columns: readonly NewColumn[]
  /** True where the rows' numbers are asked for instead of how many there are. */
  readonly tells: boolean
}

const LOCKED_ROWS = `${names.locked} JOIN ${names.data} AS ${EXCLUDED}`

/** @param set - The columns that are set, and whether a difference in them is a reason to write. */
export function updateEachSql(
  parts: EachParts,
  set: readonly { readonly column: Column; readonly silent: boolean }[],
): string {
  const { table, catalog, key } = parts
  const compared = set.filter(({ silent }) => !silent).map(({ column }) => differs(column, excluded(column), catalog))
  const columns = set.map(({ column }) => `${column.sql} = ${EXCLUDED}.${column.sql}`).join(', ')
  // Joined by the key once more: of a row that another transaction has changed the lock is on its newest version.
  return withLocked(
    parts,
    `(${compared.join(' OR ')})`,
    'FOR NO KEY UPDATE',
    `UPDATE ${table.sql} AS ${EXISTING} SET ${columns} FROM ${LOCKED_ROWS} USING (${POSITION}) WHERE ${matches(key, catalog, existing)} RETURNING ${EXCLUDED}.${POSITION}`,
  )
}

export function deleteEachSql(parts: EachParts): string {
  const { table, catalog, key } = parts
  return withLocked(
    parts,
    undefined,
    'FOR UPDATE',
    `DELETE FROM ${table.sql} AS ${EXISTING} USING ${LOCKED_ROWS} USING (${POSITION}) WHERE ${matches(key, catalog, existing)} RETURNING ${EXCLUDED}.${POSITION}`,
  )
}

function withLocked(
  { table, catalog, key, source, columns, tells }: EachParts,
  condition: string | undefined,
  lock: string,
  write: string,
): string {
  const { data, locked, written } = names
  // One row at most for each, which is looked up in the index: PostgreSQL must not read a large table whole for every portion.
  const found = `FROM ${table.sql} AS ${EXISTING} WHERE ${matches(key, catalog, existing)}`
  const changing = condition === undefined ? found : `${found} AND ${condition}`
  const inOrder = `(SELECT * FROM ${data} ORDER BY ${POSITION}) AS ${EXCLUDED}`
  const lockedRows = `SELECT ${EXCLUDED}.${POSITION} FROM ${inOrder}, LATERAL (SELECT ${changing} LIMIT 1 ${lock}) AS ${locked}`
  const seen = `SELECT array_agg(${EXCLUDED}.${POSITION}) FROM ${data} AS ${EXCLUDED}, LATERAL (SELECT ${found} LIMIT 1) AS ${locked}`
  const answer = tells
    ? `SELECT (SELECT array_agg(${POSITION}) FROM ${written}), (${seen})`
    : `SELECT count(*) FROM ${written}`
  return `WITH ${data} AS MATERIALIZED (${rowsSql(source, columns)}), ${locked} AS MATERIALIZED (${lockedRows}), ${written} AS (${write}) ${answer}`
}
