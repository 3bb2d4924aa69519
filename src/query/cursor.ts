/**
 * `cursor`: the rows of an order from one row on, as Prisma finds them. Its SQL compares every row with the cursor's, and lets
 * pass what has a null where the order might. Unless it takes the order for stable, it then looks for the cursor's row among
 * those it has read, and begins there.
 */
import type { RelationMeta } from '../schema/model-meta.ts'
import { definedEntries, isPlainObject } from './call.ts'
import { type Catalog, type Column, columnOf, type Table } from './catalog.ts'
import { nativeName } from './codec.ts'
import { type OrderTerm, type PageOrder, pageTerms } from './order.ts'
import type { Encode, Path } from './parameters.ts'
import { columnSql, equals, fromClause, type Source, sourceOf } from './source.ts'
import { uncovered } from './uncovered.ts'

/** One column of the cursor, and the way to its value. */
export interface KeyPart {
  readonly column: Column
  readonly path: Path
}

/** The columns of a cursor: a whole unique key, and any others beside it. */
export function cursorParts({ table, statement }: Source, cursor: unknown, path: Path): KeyPart[] {
  if (!isPlainObject(cursor)) return uncovered('a cursor that is not an object')
  const given = definedEntries(cursor, statement.catalog.runtime)
  if (!given.some(([name]) => table.uniques.has(name))) return uncovered('a cursor without a unique key')
  return given.flatMap(([name, value]) => {
    const fields = table.uniques.get(name)?.fields ?? [name]
    if (fields.length === 1) return [keyPart(table, name, value, [...path, name])]
    const parts = isPlainObject(value) ? value : uncovered('a compound key with a part missing')
    return fields.map((field) => keyPart(table, field, parts[field], [...path, name, field]))
  })
}

function keyPart(table: Table, field: string, value: unknown, path: Path): KeyPart {
  const column = columnOf(table, field)
  if (value === undefined || value === null || isPlainObject(value)) return uncovered('a cursor that is not a value')
  return column.field.list || column.field.type === 'Json'
    ? uncovered('a cursor over a list or JSON')
    : { column, path }
}

/** What Prisma's SQL says of the rows: not before the cursor's row, as far as can be told. */
export function afterCursor(source: Source, parts: readonly KeyPart[], order: PageOrder): string {
  const terms = pageTerms(source, order)
  const anchor = sourceOf(source.statement, source.table)
  const anchorTerms = pageTerms(anchor, order)
  const found = parts.map(({ column, path }) => equals(anchor, column, path)).join(' AND ')
  const values = anchorTerms.map(({ sql }) => `(SELECT ${sql} FROM ${fromClause(anchor)} WHERE ${found})`)
  const ways = terms.map((term, last) => {
    const alike = terms.slice(0, last).map((each, i) => orNull(each, `${each.sql} = ${values[i]}`, values[i]!))
    const sign = `${term.descending ? '<' : '>'}${last === terms.length - 1 ? '=' : ''}`
    const beyond = orNull(term, `${term.sql} ${sign} ${values[last]}`, values[last]!, term.foreignKey)
    return [...alike, beyond].join(' AND ')
  })
  return ways.length > 1 ? `(${ways.join(' OR ')})` : ways[0]!
}

function orNull({ sql, column }: OrderTerm, test: string, value: string, foreignKey: readonly string[] = []): string {
  const nulls = column?.nullable ? [sql, value, ...foreignKey] : foreignKey
  return nulls.length === 0 ? test : `(${[test, ...nulls.map((each) => `${each} IS NULL`)].join(' OR ')})`
}

/**
 * True where Prisma takes an order for one that leaves no tie, and so lets PostgreSQL cut the page: one with a null in it is not, nor
 * one that only a compound primary key makes unique.
 */
export function isStable({ table, statement }: Source, terms: readonly OrderTerm[]): boolean {
  const columns = terms.filter(({ column }) => column !== undefined)
  if (columns.some(({ column, hops = [] }) => column?.nullable || hops.some(({ nullable }) => nullable))) return false
  const keys = [...table.uniques.values()].filter(({ fields, primary }) => fields.length === 1 || !primary)
  if (keys.some(({ fields }) => fields.every((each) => terms.some(({ field }) => field === each)))) return true
  return columns.some((term) => isUniqueOneToOne(statement.catalog, term))
}

function isUniqueOneToOne(catalog: Catalog, { column, hops = [] }: OrderTerm): boolean {
  const target = hops.at(-1)?.model
  const unique = target !== undefined && catalog.table(target).uniques.get(column!.name)?.fields.length === 1
  return unique && hops.every(({ model, inverse }: RelationMeta) => !catalog.table(model).relations.get(inverse)?.list)
}

/** True for the row that Prisma takes for the cursor's among those it has read. */
export function isCursorRow(source: Source, parts: readonly KeyPart[]): string {
  return parts.map((part) => sameAsRead(source, part)).join(' AND ')
}

/** Prisma compares the values that it has read with the cursor's as text, numbers and milliseconds. */
function sameAsRead(source: Source, { column, path }: KeyPart): string {
  const { field, codec } = column
  const type = nativeName(field) ?? field.type
  const isExact = field.kind === 'enum' ? always : (exact[type] ?? uncovered(`a cursor of type ${type}`))
  const encode: Encode = (value) =>
    isExact(value) ? codec.encode(value) : uncovered(`a cursor not written as a ${type}`)
  if (exact[type] !== isDate) return equals(source, column, path, encode)
  const milliseconds = `date_trunc('milliseconds', ${columnSql(source, field.name)})`
  return `${milliseconds} = ${source.statement.parameters.add(path, encode)}`
}

const always = () => true
const isDate = (value: unknown) => value instanceof Date
const isMidnight = (value: unknown) => value instanceof Date && value.getTime() % 86_400_000 === 0
const isUuid = (value: unknown) =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)

/** By type: the values that are equal in Prisma's comparison where they are in PostgreSQL's. Of other types one value has several texts. */
const exact: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...{ String: always, Text: always, VarChar: always, Uuid: isUuid, Boolean: always, Bytes: always, ByteA: always },
  ...{ Int: always, Integer: always, SmallInt: always, BigInt: always, Float: always, DoublePrecision: always },
  ...{ DateTime: isDate, Timestamp: isDate, Timestamptz: isDate, Date: isMidnight },
}
