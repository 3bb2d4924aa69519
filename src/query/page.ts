/** `orderBy`, `take` and `skip`: which rows of a set, in which order. */
import type { Arguments } from './call.ts'
import { columnOf } from './catalog.ts'
import { keyOrder, type OrderTerm, orderClause, orderTerms, reversed } from './order.ts'
import type { Encode, Path } from './parameters.ts'
import { distinctCondition, fromCursorCondition, type RankedOrder, type RowsAgain, totalTerms } from './ranked.ts'
import { columnSql, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereCondition } from './where.ts'

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

/** The page that a call's arguments ask for. `single` is for findFirst, whose page is one row. */
export function pageClauses(source: Source, args: Arguments, path: Path, again: RowsAgain, single = false): Page {
  const { parameters } = source.statement
  const { take, skip, cursor, distinct } = args
  if (take !== undefined && !Number.isInteger(take)) return uncovered('a take that is not a whole number')
  if (skip !== undefined && (!Number.isInteger(skip) || (skip as number) < 0))
    return uncovered('a skip that is not a count')
  const backwards = typeof take === 'number' && take < 0
  if (single && take !== undefined && Math.abs(take as number) !== 1) return uncovered('findFirst with a take')

  let terms = orderTerms(source, args.orderBy)
  const paged = take !== undefined || (skip !== undefined && skip !== 0) || cursor !== undefined
  if (terms.length === 0 && paged) terms = keyOrder(source)
  if (backwards) terms = reversed(terms)
  let condition: string | undefined
  const order: RankedOrder = { orderBy: args.orderBy, backwards }
  if (distinct !== undefined) {
    if (cursor !== undefined) return uncovered('a cursor among distinct rows')
    condition = distinctCondition(source, again, distinct, order)
  } else if (cursor !== undefined) {
    const at = [...path, 'cursor']
    if (path.length === 0) condition = cursorCondition(source, cursor, terms, at)
    else {
      condition = fromCursorCondition(source, again, cursor, at, order)
      terms = totalTerms(source, order)
    }
  }

  let clauses = orderClause(terms)
  if (single) clauses += ' LIMIT 1'
  else if (take !== undefined) clauses += ` LIMIT ${parameters.add([...path, 'take'], encodeCount)}`
  if (skip !== undefined && skip !== 0) clauses += ` OFFSET ${parameters.add([...path, 'skip'], encodeCount)}`
  return {
    clauses,
    condition,
    backwards,
    empty: take === 0,
    wrap: ({ from, condition: rows, expressions }) => {
      const all = [rows, condition].filter((each) => each !== undefined).join(' AND ')
      return `SELECT ${expressions} FROM ${from()}${all ? ` WHERE ${all}` : ''}${clauses}`
    },
  }
}

/** Writes a `take` or `skip`: how many, whichever way. */
export const encodeCount: Encode = (value) =>
  Number.isSafeInteger(value) ? String(Math.abs(value as number)) : uncovered('a count that is not a whole number')

/**
 * From the cursor's row on, that row included, whether or not it is one of those asked for. Exact in orders of required
 * fields that leave no tie; where nulls or ties are possible Prisma goes other ways.
 */
function cursorCondition(source: Source, cursor: unknown, terms: readonly OrderTerm[], path: Path): string {
  const fields = terms.map(({ field }) => field)
  const required = (field: string | undefined) => field !== undefined && !columnOf(source.table, field).field.nullable
  // A compound primary key does not count: Prisma itself does not take it for one that leaves no tie.
  const keys = [...source.table.uniques.values()].filter((unique) => unique.fields.length === 1 || !unique.primary)
  const total = keys.some((unique) => unique.fields.every((each) => fields.includes(each)))
  if (!total || !fields.every(required)) return uncovered('a cursor in an order with ties or nulls')
  const anchor: Source = { ...source, alias: source.statement.alias(), joins: null }
  const found = whereCondition(anchor, cursor, path) ?? uncovered('an empty cursor')
  const from = `FROM ${anchor.table.sql} AS ${anchor.alias} WHERE ${found}`
  const values = fields.map((field) => `(SELECT ${columnSql(anchor, field!)} ${from})`)
  const ways = terms.map(({ sql, descending }, last) => {
    const equal = terms.slice(0, last).map((term, i) => `${term.sql} = ${values[i]}`)
    const sign = `${descending ? '<' : '>'}${last === terms.length - 1 ? '=' : ''}`
    return [...equal, `${sql} ${sign} ${values[last]}`].join(' AND ')
  })
  return ways.length > 1 ? `(${ways.join(' OR ')})` : ways[0]!
}
