/** `count`, `aggregate` and `groupBy`: Prisma's functions over sets of rows. */
import type { FieldMeta } from '../schema/model-meta.ts'
import { type Arguments, definedEntries, isPlainObject, type Runtime, requireKnown } from './call.ts'
import { type Column, columnOf, type Table } from './catalog.ts'
import { isNumeric } from './codec.ts'
import { aggregateFunctions, groupOrder, havingCondition, isAggregate } from './having.ts'
import { orderClause, orderTerms, reversed } from './order.ts'
import { encodeCount, pageClauses } from './page.ts'
import type { Compiled, WireRow } from './plan.ts'
import type { RowsAgain } from './ranked.ts'
import { columnSql, fromClause, type Source, type Statement, sourceOf } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereClause, whereOf } from './where.ts'

type Read = (row: WireRow) => unknown
type Functions = Readonly<Record<string, unknown>>

/** A set of rows, and how an aggregate names its columns. */
interface Rows {
  readonly from: string
  readonly column: (field: string) => string
}

export function compileCount(statement: Statement, table: Table, args: Arguments): Compiled {
  const { select, ...page } = args
  requireKnown(page, ['where', 'orderBy', 'take', 'skip', 'cursor'])
  const expressions: string[] = []
  const source = sourceOf(statement, table)
  const rows = pagedRows(source, page)
  const read = countRead(select ?? true, table, rows, expressions, statement.catalog.runtime)
  return { text: `SELECT ${expressions.join(', ')} FROM ${rows.from}`, result: 'one', read }
}

export function compileAggregate(statement: Statement, table: Table, args: Arguments): Compiled {
  const { functions, rest } = split(args)
  requireKnown(rest, ['where', 'orderBy', 'take', 'skip', 'cursor'])
  const expressions: string[] = []
  const rows = pagedRows(sourceOf(statement, table), rest)
  const reads = functionReads(functions, table, rows, expressions, statement.catalog.runtime)
  if (expressions.length === 0) return uncovered('an aggregate of nothing')
  return { text: `SELECT ${expressions.join(', ')} FROM ${rows.from}`, result: 'one', read: objectOf(reads) }
}

export function compileGroupBy(statement: Statement, table: Table, args: Arguments): Compiled {
  const { functions, rest } = split(args)
  requireKnown(rest, ['by', 'where', 'having', 'orderBy', 'take', 'skip'])
  const by = (Array.isArray(rest.by) ? rest.by : [rest.by]).map(String)
  const source = sourceOf(statement, table)
  const groups = by.map((field) => groupable(columnOf(table, field)))
  const expressions = groups.map(({ field }) => columnSql(source, field.name))
  const where = whereOf(source, rest, [])
  const rows: Rows = { from: '', column: (field) => columnSql(source, field) }
  const reads = [
    ...groups.map((column, at): [string, Read] => [column.field.name, readColumn(column, at)]),
    ...functionReads(functions, table, rows, expressions, statement.catalog.runtime),
  ]
  const having = rest.having === undefined ? undefined : havingCondition(source, rest.having, by, ['having'])
  const { take, skip } = rest
  if ((skip as number) < 0) return uncovered('a negative skip')
  const terms = groupOrder(source, rest.orderBy, by)
  if ((take !== undefined || skip !== undefined) && terms.length === 0)
    return uncovered('a page of groups without an order')
  // From the end Prisma leaves groups in the order in which it read them.
  const order = orderClause(typeof take === 'number' && take < 0 ? reversed(terms) : terms)
  const limit = take === undefined ? '' : ` LIMIT ${statement.parameters.add(['take'], encodeCount)}`
  const offset = skip === undefined ? '' : ` OFFSET ${statement.parameters.add(['skip'], encodeCount)}`
  const grouped = groups.map(({ field }) => columnSql(source, field.name)).join(', ')
  const text = `SELECT ${expressions.join(', ')} FROM ${fromClause(source)}${whereClause([where])} GROUP BY ${grouped}${having ? ` HAVING ${having}` : ''}${order}${limit}${offset}`
  return { text, result: 'many', read: objectOf(reads), backwards: false }
}

function split(args: Arguments): { functions: Functions; rest: Arguments } {
  const entries = Object.entries(args)
  return {
    functions: Object.fromEntries(entries.filter(([name]) => isAggregate(name))),
    rest: Object.fromEntries(entries.filter(([name]) => !isAggregate(name))),
  }
}

/** Where Prisma would cut the page in memory it refuses to aggregate it. */
const unranked: RowsAgain = () => uncovered('an aggregate from a cursor in an order with ties or nulls')

/** The rows that the arguments choose: the table itself, or a subquery where a page is cut from it first. */
function pagedRows(source: Source, args: Arguments): Rows {
  const where = whereOf(source, args, [])
  if (args.take === undefined && args.skip === undefined && args.cursor === undefined) {
    orderTerms(source, args.orderBy)
    const from = `${fromClause(source)}${whereClause([where])}`
    return { from, column: (field) => columnSql(source, field) }
  }
  const page = pageClauses(source, args, [], unranked, 'query')
  const columns = [...source.table.columns.keys()].map((field) => columnSql(source, field))
  const subquery = `SELECT ${columns.join(', ')} FROM ${fromClause(source)}${whereClause([where, page.condition])}${page.clauses}`
  const alias = source.statement.alias()
  const column = (field: string) => `${alias}.${columnOf(source.table, field).sql}`
  return { from: `(${subquery}) AS ${alias}`, column }
}

function functionReads(
  functions: Functions,
  table: Table,
  rows: Rows,
  expressions: string[],
  runtime: Runtime,
): [string, Read][] {
  return definedEntries(functions, runtime).map(([name, selected]): [string, Read] => {
    if (name === '_count') return [name, countRead(selected, table, rows, expressions, runtime)]
    if (!isPlainObject(selected)) return uncovered('an aggregate without fields')
    const reads = chosen(selected, runtime).map((field): [string, Read] => {
      const column = columnOf(table, field)
      const at = expressions.push(`${aggregateFunctions[name]}(${rows.column(field)})`) - 1
      return [field, aggregateRead(name, column, at, runtime)]
    })
    return [name, objectOf(reads)]
  })
}

function countRead(selected: unknown, table: Table, rows: Rows, expressions: string[], runtime: Runtime): Read {
  const add = (sql: string): Read => {
    const at = expressions.push(sql) - 1
    return (row) => Number(row[at])
  }
  if (selected === true) return add('COUNT(*)')
  if (!isPlainObject(selected)) return uncovered('a count without a selection')
  return objectOf(
    chosen(selected, runtime).map((field): [string, Read] => {
      if (field === '_all') return [field, add('COUNT(*)')]
      return [field, add(`COUNT(${columnOf(table, field) && rows.column(field)})`)]
    }),
  )
}

function chosen(selected: Arguments, runtime: Runtime): string[] {
  const names = definedEntries(selected, runtime).filter(([, value]) => {
    return typeof value === 'boolean' ? value : uncovered('a selection that is not a boolean')
  })
  return names.length > 0 ? names.map(([name]) => name) : uncovered('an empty selection')
}

function aggregateRead(name: string, column: Column, at: number, runtime: Runtime): Read {
  const { field } = column
  if (field.list || field.kind !== 'scalar') return uncovered('an aggregate over a list or an enum')
  const numeric = isNumeric(field)
  if (name === '_min' || name === '_max') {
    if (!numeric && field.type !== 'String' && field.type !== 'DateTime')
      return uncovered(`the least of a ${field.type}`)
    if (field.native === 'Uuid') return uncovered('the least of a uuid')
    return readColumn(column, at)
  }
  if (!numeric) return uncovered(`a sum of a ${field.type}`)
  const decode = numberDecoder(name, field, runtime)
  return (row) => (row[at] === null ? null : decode(row[at]!))
}

function numberDecoder(name: string, field: FieldMeta, runtime: Runtime): (text: string) => unknown {
  if (field.type === 'Decimal') return (text) => new runtime.Decimal(text)
  if (field.type === 'BigInt' && name === '_sum') return BigInt
  return Number
}

function readColumn({ codec }: Column, at: number): Read {
  return (row) => codec.read(row[at])
}

function objectOf(reads: readonly [string, Read][]): (row: WireRow) => Record<string, unknown> {
  return (row) => Object.fromEntries(reads.map(([name, read]) => [name, read(row)]))
}

function groupable(column: Column): Column {
  return column.field.list || column.field.type === 'Json' ? uncovered('a group by a list or JSON') : column
}
