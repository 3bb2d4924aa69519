/** `findUnique`, `findFirst` and `findMany` as one SELECT. */
import { type Arguments, isPlainObject, type ReadOperation, requireKnown } from './call.ts'
import type { Table } from './catalog.ts'
import { pageClauses } from './page.ts'
import type { Compiled } from './plan.ts'
import type { RowsAgain } from './ranked.ts'
import { Output, selectObject } from './selection.ts'
import { fromClause, type Source, type Statement, sourceOf } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereClause, whereOf } from './where.ts'

const known = [
  'where',
  'select',
  'include',
  'omit',
  'orderBy',
  'take',
  'skip',
  'cursor',
  'distinct',
  'relationLoadStrategy',
]

export function compileFind(statement: Statement, table: Table, operation: ReadOperation, args: Arguments): Compiled {
  requireKnown(args, known)
  const source = sourceOf(statement, table)
  const unique = operation === 'findUnique' || operation === 'findUniqueOrThrow'
  const output = new Output(false, unique)
  const read = selectObject(source, args, [], output)
  const single = unique || operation === 'findFirst' || operation === 'findFirstOrThrow'
  if (unique) requireUnique(table, args)
  const where = whereOf(source, args, [])
  const page = pageClauses(source, args, [], sameRows(source, args), single ? 'single' : 'query')
  const conditions = whereClause([where, page.condition])
  const text = `SELECT ${output.expressions.join(', ')} FROM ${fromClause(source)}${conditions}${page.clauses}`
  if (single) return { text, result: 'one', read, empty: page.empty }
  return { text, result: 'many', read, backwards: page.backwards, empty: page.empty }
}

/** The rows of a call's `where` under other names. */
function sameRows(source: Source, args: Arguments): RowsAgain {
  return () => {
    const again = sourceOf(source.statement, source.table)
    return { source: again, from: () => fromClause(again), condition: whereOf(again, args, []) }
  }
}

/** One row is named by a whole unique key at the top of its `where`; without one the refusal is Prisma's. */
export function requireUnique(table: Table, { where, orderBy, take, skip, cursor, distinct }: Arguments): void {
  if ([orderBy, take, skip, cursor, distinct].some((value) => value !== undefined)) uncovered('findUnique with a page')
  const given = Object.entries((where ?? {}) as Arguments)
  const keys = given.filter(([name]) => table.uniques.has(name))
  if (keys.some(([name, value]) => isPlainObject(value) && table.columns.has(name)))
    uncovered('a filter on a unique key')
  if (keys.some(([, value]) => value === null)) uncovered('a unique key that is null')
  const keyed = keys.some(([, value]) => value !== undefined)
  if (!keyed) uncovered('findUnique without a unique key')
}
