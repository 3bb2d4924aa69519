/**
 * What a call selects: columns, related rows and counts, as SQL and as the decoder of what comes back.
 *
 * One statement whatever the nesting. To-one relations are left-joined and come as columns of the same row; to-many
 * relations are aggregated by the server into JSON, one lateral subquery each, with their own filter, order and page.
 *
 * Such JSON is a list of columns, not of rows: the server learns each type once a list instead of once a value, which takes
 * a third off what building JSON costs it.
 */
import type { RelationMeta } from '../schema/model-meta.ts'
import { type Arguments, definedEntries, isPlainObject } from './call.ts'
import { type Column, columnOf } from './catalog.ts'
import { asIs } from './codec.ts'
import { type Page, type PagedRows, type PageOf, pageClauses } from './page.ts'
import type { Path } from './parameters.ts'
import type { RowsAgain } from './ranked.ts'
import { columnSql, joinOne, relatedRows, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereClause, whereOf } from './where.ts'

/** A value: text or null on the wire, any JSON value inside an aggregate. */
type Cell = unknown
/** One row off the wire, or the columns of an aggregate. */
type Cells = readonly Cell[]

/** Reads a value out of a row; out of an aggregate's columns, that of the row at `index`. */
type Read = (cells: Cells, index: number) => unknown

/** Reads one property of a result. */
export interface Property {
  readonly name: string
  readonly read: Read
}

/** The expressions of a SELECT under construction. Those inside JSON are written and read differently. */
export class Output {
  readonly expressions: string[] = []
  readonly insideJson: boolean
  /** True for the one row of findUnique. */
  readonly unique: boolean

  constructor(insideJson: boolean, unique = false) {
    this.insideJson = insideJson
    this.unique = unique
  }

  /** Adds an expression and returns its position. */
  add(sql: string): number {
    // json_build_array takes what any PostgreSQL function takes: 100 arguments.
    if (this.insideJson && this.expressions.length === 100) uncovered('more than 100 columns in a nested relation')
    return this.expressions.push(sql) - 1
  }

  /** Adds an expression and returns the reader of its values, which passes them through `decode`. */
  value(sql: string, decode: (cell: Cell) => unknown = asIs): Read {
    const at = this.add(sql)
    return this.insideJson ? (columns, index) => decode((columns[at] as Cells)[index]) : (row) => decode(row[at])
  }

  /** Adds a column of a source and returns its reader. */
  column(source: Source, { field, codec }: Column): Read {
    const sql = columnSql(source, field.name)
    if (!this.insideJson) return this.value(sql, codec.read)
    return this.value(codec.jsonAsText ? `${sql}::text` : sql, codec.readJson)
  }
}

/** Adds what `args` select of `source` to the columns of a statement. The result reads one row of it. */
export function selectObject(
  source: Source,
  args: Arguments,
  path: Path,
  output: Output,
): (row: Cells) => Record<string, unknown> {
  const read = objectReader(source, args, path, output)
  return (row) => read(row, 0)
}

function objectReader(
  source: Source,
  args: Arguments,
  path: Path,
  output: Output,
): (cells: Cells, index: number) => Record<string, unknown> {
  const properties = selectedProperties(source, args, path, output)
  return (cells, index) => {
    const object: Record<string, unknown> = {}
    for (const { name, read } of properties) object[name] = read(cells, index)
    return object
  }
}

function selectedProperties(source: Source, args: Arguments, path: Path, output: Output): Property[] {
  const { select, include, omit } = args
  if (select !== undefined && (include !== undefined || omit !== undefined))
    return uncovered('select beside include or omit')
  if (select !== undefined) return fromSelection(source, select, [...path, 'select'], output)
  const scalars = [...source.table.columns.values()]
    .filter(({ field }) => !isOmitted(omit, field.name, source.table.omitted))
    .map((column) => ({ name: column.field.name, read: output.column(source, column) }))
  if (include === undefined || include === null) return scalars.length > 0 ? scalars : uncovered('an empty selection')
  return [...scalars, ...fromSelection(source, include, [...path, 'include'], output)]
}

function isOmitted(omit: unknown, field: string, always: ReadonlySet<string>): boolean {
  if (omit === undefined) return always.has(field)
  if (!isPlainObject(omit)) return uncovered('an omit that is not an object')
  const word = omit[field]
  if (word === undefined) return always.has(field)
  return typeof word === 'boolean' ? word : uncovered('an omit that is not a boolean')
}

function fromSelection(source: Source, selection: unknown, path: Path, output: Output): Property[] {
  if (!isPlainObject(selection)) return uncovered('a selection that is not an object')
  const chosen = definedEntries(selection, source.statement.catalog.runtime).filter(([, value]) => value !== false)
  const isSelect = path.at(-1) === 'select'
  // Prisma has its own words for a selection of nothing, and for a scalar in include.
  if (isSelect && chosen.length === 0) return uncovered('an empty selection')
  return chosen.map(([name, value]) => {
    const args = value === true ? {} : isPlainObject(value) ? value : uncovered('a selection that is not a boolean')
    const at = [...path, name]
    if (name === '_count') return { name, read: counts(source, value, at, output) }
    const relation = source.table.relations.get(name)
    if (!relation) {
      if (!isSelect || value !== true) return uncovered('a selection of an unknown field')
      return { name, read: output.column(source, columnOf(source.table, name)) }
    }
    return {
      name,
      read: relation.list ? many(source, relation, args, at, output) : one(source, relation, args, at, output),
    }
  })
}

function one(source: Source, relation: RelationMeta, args: Arguments, path: Path, output: Output): Read {
  const runtime = source.statement.catalog.runtime
  if (!definedEntries(args, runtime).every(([name]) => ['select', 'include', 'omit'].includes(name))) {
    return uncovered('a filter on a to-one relation')
  }
  const target = joinOne(source, relation)
  const [key] = target.table.key
  if (key === undefined) return uncovered('a model without a key')
  const marker = output.value(columnSql(target, key))
  const read = objectReader(target, args, path, output)
  return (cells, index) => (marker(cells, index) === null ? null : read(cells, index))
}

function many(source: Source, relation: RelationMeta, args: Arguments, path: Path, output: Output): Read {
  const inner = new Output(true)
  const again: RowsAgain = () => {
    const { target, from, link } = relatedRows(source, relation)
    const condition = whereOf(target, args, path)
    return { source: target, from, condition: condition ? `${link} AND ${condition}` : link }
  }
  const { source: target, from, condition } = again()
  const read = objectReader(target, args, path, inner)
  // The lists of one row have a query each, those further down and those of several rows have one together.
  const of: PageOf = output.unique && path.length === 2 ? 'query' : 'parents'
  const page: Page = pageClauses(target, args, path, again, of)
  const rows: PagedRows = {
    from,
    condition,
    expressions: inner.expressions.map((sql, i) => `${sql} AS c${i}`).join(', '),
  }
  const { backwards } = page
  const readAll = (columns: readonly (Cells | null)[]) => {
    // The aggregate of no rows is null.
    const objects = columns[0]?.map((_, index) => read(columns, index)) ?? []
    return backwards ? objects.reverse() : objects
  }
  const decode = output.insideJson
    ? (cell: Cell) => readAll(cell as readonly Cells[])
    : (cell: Cell) => readAll(JSON.parse(cell as string))
  return output.value(lateral(source, page.wrap(rows), inner.expressions.length), decode)
}

/** Joins a subquery of so many columns, aggregated to a JSON array of columns, and returns that as an expression. */
function lateral(source: Source, subquery: string, columns: number): string {
  const alias = source.statement.alias()
  if (!source.joins) return uncovered('a relation where no join can stand')
  const lists = Array.from({ length: columns }, (_, i) => `json_agg(c${i})`)
  source.joins.push(
    `LEFT JOIN LATERAL (SELECT json_build_array(${lists.join(', ')}) AS "rows" FROM (${subquery}) AS "page") AS ${alias} ON TRUE`,
  )
  return `${alias}."rows"`
}

function counts(source: Source, value: unknown, path: Path, output: Output): Read {
  const lists = [...source.table.relations.values()].filter((relation) => relation.list)
  const chosen: [string, unknown, Path][] =
    value === true
      ? lists.map((relation) => [relation.name, true, path])
      : isPlainObject(value) && isPlainObject(value.select)
        ? definedEntries(value.select, source.statement.catalog.runtime)
            .filter(([, each]) => each !== false)
            .map(([name, each]) => [name, each, [...path, 'select', name]])
        : uncovered('a _count without a selection')
  if (chosen.length === 0) return uncovered('an empty selection')
  const properties = chosen.map(([name, each, at]): Property => {
    const relation = lists.find((list) => list.name === name) ?? uncovered('a _count of an unknown relation')
    const { target, from, link } = relatedRows(source, relation)
    const condition = isPlainObject(each) ? whereOf(target, each, at) : undefined
    const count = `(SELECT COUNT(*) FROM ${from()}${whereClause([link, condition])})`
    return { name, read: output.value(count, Number) }
  })
  return (cells, index) => Object.fromEntries(properties.map(({ name, read }) => [name, read(cells, index)]))
}
