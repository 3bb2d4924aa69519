/**
 * What Prisma does to rows that it has read, done by the server: of rows alike in the fields of `distinct` the first, and of
 * a list the part from the cursor's row on. Either is a condition on the rows' keys, told by a window over the same rows.
 */
import { isPlainObject } from './call.ts'
import { type Column, columnOf } from './catalog.ts'
import { keyOrder, type OrderTerm, orderClause, orderTerms, reversed } from './order.ts'
import type { Path } from './parameters.ts'
import { columnSql, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereCondition } from './where.ts'

/** The rows of a page over again, under names of their own. */
export type RowsAgain = () => {
  readonly source: Source
  /** Asked for last, because filters and orders hang joins on it. */
  readonly from: () => string
  readonly condition: string | undefined
}

/** The order of a page, as its arguments give it. */
export interface RankedOrder {
  readonly orderBy: unknown
  readonly backwards: boolean
}

/** True for the first row of those that agree in the fields of `distinct`. */
export function distinctCondition(source: Source, again: RowsAgain, distinct: unknown, order: RankedOrder): string {
  const fields: unknown[] = Array.isArray(distinct) ? distinct : [distinct]
  if (fields.length === 0) return uncovered('an empty distinct')
  return ranked(source, again, (rows) => {
    const columns = fields.map((field) => columnSql(rows, comparable(columnOf(rows.table, String(field))).field.name))
    return `row_number() OVER (PARTITION BY ${columns.join(', ')}${totalOrder(rows, order)}) = 1`
  })
}

/** Prisma compares what it has read, as text; these are the types whose equal values have one text. */
function comparable(column: Column): Column {
  const { kind, type, list } = column.field
  const exact = kind === 'enum' || ['String', 'Boolean', 'Int', 'BigInt', 'DateTime'].includes(type)
  return exact && !list ? column : uncovered(`distinct over a ${type}`)
}

/** True for the cursor's row and those after it; for none where the cursor's row is not among them. */
export function fromCursorCondition(
  source: Source,
  again: RowsAgain,
  cursor: unknown,
  path: Path,
  order: RankedOrder,
): string {
  if (!isPlainObject(cursor)) return uncovered('a cursor that is not an object')
  return ranked(source, again, (rows) => {
    const found = whereCondition(rows, cursor, path) ?? uncovered('an empty cursor')
    return `bool_or(${found}) OVER (${totalOrder(rows, order).trimStart()} ROWS UNBOUNDED PRECEDING)`
  })
}

/** The page's order, closed by the key: inside a window and outside of it rows that tie must stand alike. */
export function totalTerms(source: Source, { orderBy, backwards }: RankedOrder): OrderTerm[] {
  const terms = [...orderTerms(source, orderBy), ...keyOrder(source)]
  return backwards ? reversed(terms) : terms
}

function totalOrder(source: Source, order: RankedOrder): string {
  return orderClause(totalTerms(source, order))
}

function ranked(source: Source, again: RowsAgain, expression: (rows: Source) => string): string {
  const rows = again()
  const { key } = source.table
  if (key.length === 0) return uncovered('a model without a key')
  const keysOf = (each: Source) => key.map((field) => columnSql(each, field)).join(', ')
  const chosen = expression(rows.source)
  const names = key.map((_, i) => `k${i}`).join(', ')
  const where = rows.condition ? ` WHERE ${rows.condition}` : ''
  const inner = `SELECT ${keysOf(rows.source)}, ${chosen} FROM ${rows.from()}${where}`
  return `(${keysOf(source)}) IN (SELECT ${names} FROM (${inner}) AS "ranked" (${names}, chosen) WHERE chosen)`
}
