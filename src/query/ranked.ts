/**
 * What Prisma does to rows that it has read, done by the server: of rows alike in the fields of `distinct` the first, and of
 * a list the part from the cursor's row on. Either is a condition on the rows' keys, told by a window over the same rows.
 */
import { type Column, columnOf } from './catalog.ts'
import { isCursorRow, type KeyPart } from './cursor.ts'
import { keyOrder, orderClause, orderTerms, type PageOrder, pageTerms, reversed } from './order.ts'
import { columnSql, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'
import { and, whereClause } from './where.ts'

/** The rows of a page over again, under names of their own. */
export type RowsAgain = () => {
  readonly source: Source
  /** Asked for last, because filters and orders hang joins on it. */
  readonly from: () => string
  readonly condition: string | undefined
}

/** A condition on the rows of a source, which may need them over again. */
export type Narrowing = (source: Source, again: RowsAgain) => string

/** The rows of which a condition holds. */
export function narrowed(again: RowsAgain, narrowing: Narrowing): RowsAgain {
  return () => {
    const rows = again()
    return { ...rows, condition: and([rows.condition, narrowing(rows.source, again)]) }
  }
}

/** True for the first row of those that agree in the fields of `distinct`. */
export function distinctCondition(source: Source, again: RowsAgain, distinct: unknown, order: PageOrder): string {
  const fields: unknown[] = Array.isArray(distinct) ? distinct : [distinct]
  if (fields.length === 0) return uncovered('an empty distinct')
  return ranked(source, again, (rows) => {
    const values = fields.map((field) => comparable(rows, columnOf(rows.table, String(field))))
    return `row_number() OVER (PARTITION BY ${values.join(', ')}${totalOrder(rows, order)}) = 1`
  })
}

/** What is equal where the values are that Prisma has read, which it compares as JSON: no number is as good as another that is none. */
function comparable(rows: Source, { field }: Column): string {
  const sql = columnSql(rows, field.name)
  if (field.list) return uncovered('distinct over a list')
  if (field.type === 'Decimal' || field.type === 'Json') return `${sql}::text`
  return field.type === 'Float' ? `CASE WHEN abs(${sql}) < 'Infinity' THEN ${sql} END` : sql
}

/** True for the cursor's row and those after it; for none where the cursor's row is not among them. */
export function fromCursorCondition(
  source: Source,
  again: RowsAgain,
  parts: readonly KeyPart[],
  order: PageOrder,
): string {
  return ranked(source, again, (rows) => {
    const ordered = orderClause(pageTerms(rows, order)).trimStart()
    return `bool_or(${isCursorRow(rows, parts)}) OVER (${ordered} ROWS UNBOUNDED PRECEDING)`
  })
}

/** The page's order, closed by the key: of rows that tie always the same is the first. */
function totalOrder(source: Source, { orderBy, backwards }: PageOrder): string {
  const terms = [...orderTerms(source, orderBy), ...keyOrder(source)]
  return orderClause(backwards ? reversed(terms) : terms)
}

function ranked(source: Source, again: RowsAgain, expression: (rows: Source) => string): string {
  const rows = again()
  const { key } = source.table
  if (key.length === 0) return uncovered('a model without a key')
  const keysOf = (each: Source) => key.map((field) => columnSql(each, field)).join(', ')
  const chosen = expression(rows.source)
  const names = key.map((_, i) => `k${i}`).join(', ')
  const inner = `SELECT ${keysOf(rows.source)}, ${chosen} FROM ${rows.from()}${whereClause([rows.condition])}`
  return `(${keysOf(source)}) IN (SELECT ${names} FROM (${inner}) AS "ranked" (${names}, chosen) WHERE chosen)`
}
