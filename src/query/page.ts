/** `orderBy`, `take`, `skip`, `cursor` and `distinct`: which rows of a set, in which order. */
import type { Arguments } from './call.ts'
import { afterCursor, cursorParts, isStable } from './cursor.ts'
import { leavesNoTie, orderClause, orderTerms, type PageOrder, pageTerms } from './order.ts'
import type { Encode, Path } from './parameters.ts'
import { distinctCondition, fromCursorCondition, type Narrowing, narrowed, type RowsAgain } from './ranked.ts'
import { isWrittenTake } from './shape.ts'
import type { Source } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereClause } from './where.ts'

/** A set of rows before paging. */
export interface PagedRows {
  /** The FROM clause; asked for last, because filters and orders hang joins on it. */
  readonly from: () => string
  readonly condition: string | undefined
  /** What is selected. */
  readonly expressions: string
}

export interface Page {
  /** ORDER BY, LIMIT and OFFSET, each with a space before it. */
  readonly clauses: string
  /** A condition that the page itself sets (a cursor). */
  readonly condition: string | undefined
  /** True where the rows come from the far end and are turned round after reading (negative `take`). */
  readonly backwards: boolean
  /** True for `take: 0`, which asks the database nothing. */
  readonly empty: boolean
  /** Writes the paged set as a subquery. */
  readonly wrap: (rows: PagedRows) => string
}

/**
 * What a page is cut from: all rows of a query, of which `single` takes the first, or the rows of each of several parents, which
 * Prisma reads in one and cuts afterwards.
 */
export type PageOf = 'query' | 'single' | 'parents'

/** The page that a call's arguments ask for. */
export function pageClauses(source: Source, args: Arguments, path: Path, again: RowsAgain, of: PageOf): Page {
  const { parameters } = source.statement
  const { take, skip, cursor, distinct, orderBy } = args
  if (take !== undefined && !Number.isInteger(take)) return uncovered('a take that is not a whole number')
  if (skip !== undefined && (!Number.isInteger(skip) || (skip as number) < 0))
    return uncovered('a skip that is not a count')
  const backwards = typeof take === 'number' && take < 0
  const single = of === 'single'
  if (single && take !== undefined && Math.abs(take as number) !== 1) return uncovered('findFirst with a take')

  const order: PageOrder = { orderBy, backwards }
  const paged = take !== undefined || (skip !== undefined && skip !== 0) || cursor !== undefined
  const terms = paged ? pageTerms(source, order) : orderTerms(source, orderBy)
  const narrowings: Narrowing[] = []
  const parts = cursor === undefined ? undefined : cursorParts(source, cursor, [...path, 'cursor'])
  if (parts && !leavesNoTie(source.table, terms)) return uncovered('a cursor in an order with ties')
  if (parts) narrowings.push((rows) => afterCursor(rows, parts, order))
  if (distinct !== undefined) narrowings.push((rows, again) => distinctCondition(rows, again, distinct, order))
  const cutsInMemory = of === 'parents' || distinct !== undefined || !isStable(source, terms)
  if (parts && cutsInMemory) narrowings.push((rows, again) => fromCursorCondition(rows, again, parts, order))
  const condition = lastOf(source, again, narrowings)

  let clauses = orderClause(terms)
  if (single) clauses += ' LIMIT 1'
  else if (isWrittenTake(take)) clauses += ` LIMIT ${Math.abs(take)}`
  else if (take !== undefined) clauses += ` LIMIT ${parameters.add([...path, 'take'], encodeCount)}`
  if (skip !== undefined && skip !== 0) clauses += ` OFFSET ${parameters.add([...path, 'skip'], encodeCount)}`
  return {
    clauses,
    condition,
    backwards,
    empty: take === 0,
    wrap: ({ from, condition: rows, expressions }) =>
      `SELECT ${expressions} FROM ${from()}${whereClause([rows, condition])}${clauses}`,
  }
}

/** Writes a `take` or `skip`: how many, whichever way. */
export const encodeCount: Encode = (value) =>
  Number.isSafeInteger(value) ? String(Math.abs(value as number)) : uncovered('a count that is not a whole number')

/** The last of several conditions, over the rows that those before it leave. */
function lastOf(source: Source, again: RowsAgain, narrowings: readonly Narrowing[]): string | undefined {
  const rows = narrowings.slice(0, -1).reduce(narrowed, again)
  return narrowings.at(-1)?.(source, rows)
}
