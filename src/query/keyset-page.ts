/** A keyset page as one statement, whatever it selects. */
import { identifier } from '../pg/sql.ts'
import type { Arguments } from './call.ts'
import type { Catalog, Table } from './catalog.ts'
import { allRows, type Branch, type Position, rowsAfter } from './keyset-branches.ts'
import { fromTheEnd, type KeyTerm, keyTerms, orderSql } from './keyset-order.ts'
import { encodeCount } from './page.ts'
import { type Encode, Parameters } from './parameters.ts'
import type { WireRow } from './plan.ts'
import { Output, selectObject } from './selection.ts'
import { columnSql, fromClause, type Source, Statement, sourceOf } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereClause, whereOf } from './where.ts'

/** What is asked of a page, but for its values. */
export interface PageShape {
  /** `where`, `orderBy`, `select`, `include` and `omit`, as Prisma has them. */
  readonly args: Arguments
  /** From the end of the order; the rows come from there too. */
  readonly backwards: boolean
  /** Which values of the row under the cursor are null; undefined without a cursor. */
  readonly nulls: readonly boolean[] | undefined
  /** Rows that the planner is to expect at most. */
  readonly expected: number
  /** Counts the rows of all pages: all of them, or up to this many. */
  readonly count: 'all' | number | undefined
}

export interface PageRows {
  readonly items: unknown[]
  /** Of each item: the values of the order's terms, as PostgreSQL writes them. */
  readonly keys: (readonly (string | null)[])[]
  /** Whether there are rows on the other side of the cursor, the row under it included. */
  readonly before: boolean
  readonly count: number | undefined
}

export interface CompiledPage {
  readonly text: string
  /** Of the arguments, with the values under the `cursor` as text and the number of `rows` beside them. */
  readonly bind: (args: Arguments) => (string | null)[]
  readonly decode: (rows: readonly WireRow[]) => PageRows
}

/**
 * The page's rows are a subquery in the place of the table, so that relations are read for them alone. It is ordered once
 * more outside, where a join may have mixed it: by then it is a page.
 */
export function compilePage(catalog: Catalog, table: Table, shape: PageShape): CompiledPage {
  const parameters = new Parameters()
  const statement = new Statement(catalog, parameters)
  const page: Source = { ...sourceOf(statement, table), used: new Set() }
  const output = new Output(false)
  const read = selectObject(page, shape.args, [], output)
  const set = rowsOf(statement, table, shape.args)
  const terms = shape.backwards ? fromTheEnd(set.terms) : set.terms
  const position = shape.nulls?.map((isNull, i) => (isNull ? null : parameters.add(['cursor', i], asText)))
  const outside = terms.map((term, i) => ({ ...term, sql: outsideSql(page, term, i) }))
  const keys = outside.map(({ sql }) => output.add(sql))

  const columns = [...page.used!].map((field) => columnSql(set.source, field))
  const computed = terms.flatMap(({ field, sql }, i) => (field === undefined ? [`${sql} AS ${keyName(i)}`] : []))
  const ranges = position ? rowsAfter(terms, position) : allRows(terms)
  const rows = `(SELECT * FROM (${union(set, ranges, [...columns, ...computed], shape.expected)}) AS "ranges" LIMIT ${parameters.add(['rows'], encodeCount)}) AS ${page.alias}`
  const facts = factsOf(set, terms, position, shape.count)
  const from = facts.length > 0 ? `(SELECT ${facts.join(', ')}) AS "facts" LEFT JOIN ${rows} ON TRUE` : rows
  const [before, count] = [position && output.add('"facts"."before"'), shape.count && output.add('"facts"."count"')]
  const order = outside.map(orderSql).join(', ')
  const text = `SELECT ${output.expressions.join(', ')} FROM ${[from, ...(page.joins ?? [])].join(' ')} ORDER BY ${order}`

  // The last term is part of a unique key, never null: it is where there is no row beside the facts.
  const present = keys.at(-1)!
  return {
    text,
    bind: parameters.binder(),
    decode(answer) {
      const found = answer.filter((row) => row[present] !== null)
      return {
        items: found.map(read),
        keys: found.map((row) => keys.map((key) => row[key]!)),
        before: before !== undefined && answer[0]?.[before] === 't',
        count: count === undefined ? undefined : Number(answer[0]?.[count]),
      }
    },
  }
}

/** The rows of the first page without what is selected of them; for EXPLAIN. */
export function compileRange(catalog: Catalog, table: Table, args: Arguments, expected: number) {
  const parameters = new Parameters()
  const set = rowsOf(new Statement(catalog, parameters), table, args)
  const text = union(set, allRows(set.terms), ['1'], expected)
  return { text, bind: parameters.binder() }
}

/** All rows that a `where` admits, unordered; for EXPLAIN. */
export function compileRows(catalog: Catalog, table: Table, where: unknown) {
  const parameters = new Parameters()
  const set = rowsOf(new Statement(catalog, parameters), table, { where })
  return { text: `SELECT 1 FROM ${set.from}${whereClause([set.where])}`, bind: parameters.binder() }
}

/** The rows of all pages. Its parts stand in several places of one statement, each a scope of its own. */
interface RowSet {
  readonly source: Source
  readonly terms: readonly KeyTerm[]
  readonly from: string
  readonly where: string | undefined
}

function rowsOf(statement: Statement, table: Table, args: Arguments): RowSet {
  const source = sourceOf(statement, table)
  const terms = keyTerms(source, args.orderBy)
  const where = whereOf(source, args, [])
  return { source, terms, from: fromClause(source), where }
}

/**
 * The ranges one after the other. PostgreSQL reads them in this order and no further than it must: an Append runs its parts in
 * parallel only where none has a LIMIT. The limit is written out, because for a parameter the planner takes a tenth of the table.
 */
function union({ from, where }: RowSet, ranges: readonly Branch[], columns: readonly string[], limit: number): string {
  const selects = ranges.map(({ conditions, order }) => {
    const clause = whereClause([...conditions, where])
    return `SELECT ${columns.join(', ')} FROM ${from}${clause} ORDER BY ${order.map(orderSql).join(', ')} LIMIT ${limit}`
  })
  return selects.length > 1 ? selects.map((select) => `(${select})`).join(' UNION ALL ') : selects[0]!
}

/** What is told beside the rows, also where there is none. */
function factsOf(
  set: RowSet,
  terms: readonly KeyTerm[],
  position: Position | undefined,
  count: PageShape['count'],
): string[] {
  const facts: string[] = []
  if (position) {
    const ranges = rowsAfter(fromTheEnd(terms), position, true)
    facts.push(`(SELECT 1 FROM (${union(set, ranges, ['1'], 1)}) AS "ranges" LIMIT 1) IS NOT NULL AS "before"`)
  }
  const rows = `FROM ${set.from}${whereClause([set.where])}`
  if (count === 'all') facts.push(`(SELECT COUNT(*) ${rows}) AS "count"`)
  else if (count !== undefined)
    facts.push(`(SELECT COUNT(*) FROM (SELECT 1 ${rows} LIMIT ${count}) AS "rows") AS "count"`)
  return facts
}

/** A term as the page's subquery shows it. */
function outsideSql(page: Source, { field }: KeyTerm, i: number): string {
  return field === undefined ? `${page.alias}.${keyName(i)}` : columnSql(page, field)
}

function keyName(i: number): string {
  return identifier(`substrata key ${i}`)
}

const asText: Encode = (value) => (typeof value === 'string' ? value : uncovered('a position that is not text'))
