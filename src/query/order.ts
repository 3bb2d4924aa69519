/** Prisma's `orderBy` as terms of ORDER BY. */
import type { FieldMeta, RelationMeta } from '../schema/model-meta.ts'
import { definedEntries, isPlainObject } from './call.ts'
import { columnOf, type Table } from './catalog.ts'
import { columnSql, joinOne, relatedRows, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'

/** One term of ORDER BY. */
export interface OrderTerm {
  readonly sql: string
  readonly descending: boolean
  /** Where nulls go when the caller says so; PostgreSQL puts them last ascending and first descending. */
  readonly nulls?: 'first' | 'last'
  /** The source's own field, where the term is one. */
  readonly field?: string
  /** The column ordered by, and the way to it over to-one relations; a count has neither. */
  readonly column?: FieldMeta
  readonly path?: readonly string[]
  /** The relations on the way, and the columns of the last one's foreign key that may be null. */
  readonly hops?: readonly RelationMeta[]
  readonly foreignKey?: readonly string[]
}

/** The order of a page, as its arguments give it. */
export interface PageOrder {
  readonly orderBy: unknown
  /** From the end on, as a negative `take` asks for. */
  readonly backwards: boolean
}

/** The terms of a page's order; the key's where it has none of its own. */
export function pageTerms(source: Source, { orderBy, backwards }: PageOrder): OrderTerm[] {
  const given = orderTerms(source, orderBy)
  const terms = given.length > 0 ? given : keyOrder(source)
  return backwards ? reversed(terms) : terms
}

/** The terms of an `orderBy`, in order; joins that they need hang on `source`. */
export function orderTerms(source: Source, orderBy: unknown): OrderTerm[] {
  if (orderBy === undefined) return []
  const entries = Array.isArray(orderBy) ? orderBy : [orderBy]
  return entries.flatMap((entry) => {
    if (!isPlainObject(entry)) return uncovered('an orderBy that is not an object')
    const fields = definedEntries(entry, source.statement.catalog.runtime)
    if (fields.length > 1) return uncovered('an orderBy of several fields in one object')
    return fields.map(([name, value]) => term(source, name, value))
  })
}

/** The model's key, ascending: what Prisma orders by when a page is asked for without an order. */
export function keyOrder(source: Source): OrderTerm[] {
  return source.table.key.map((name) => fieldTerm(source, name, { descending: false }))
}

/** The same order from its other end, nulls included. */
export function reversed(terms: readonly OrderTerm[]): OrderTerm[] {
  return terms.map(({ nulls, descending, ...rest }) => ({
    ...rest,
    descending: !descending,
    ...(nulls && { nulls: nulls === 'first' ? 'last' : 'first' }),
  }))
}

/** `ORDER BY …` with a space before it, or nothing. */
export function orderClause(terms: readonly OrderTerm[]): string {
  if (terms.length === 0) return ''
  return ` ORDER BY ${terms.map(termSql).join(', ')}`
}

function termSql({ sql, descending, nulls }: OrderTerm): string {
  return `${sql} ${descending ? 'DESC' : 'ASC'}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ''}`
}

function term(source: Source, name: string, value: unknown): OrderTerm {
  const relation = source.table.relations.get(name)
  if (!relation) return fieldTerm(source, name, direction(value, source.table.columns.get(name)?.field.nullable))
  if (!isPlainObject(value)) return uncovered('a relation order that is not an object')
  const [[inner, order] = [], ...more] = definedEntries(value, source.statement.catalog.runtime)
  if (inner === undefined || more.length > 0) return uncovered('a relation order of several fields')
  if (relation.list) {
    if (inner !== '_count') return uncovered('an order over many rows')
    const { from, link } = relatedRows(source, relation)
    return { sql: `(SELECT COUNT(*) FROM ${from()} WHERE ${link})`, ...direction(order, false) }
  }
  const { field: _, path, hops = [], ...joined } = term(joinOne(source, relation), inner, order)
  if (!path) return joined
  const foreignKey = joined.foreignKey ?? nullableKey(source, relation)
  return { ...joined, path: [name, ...path], hops: [relation, ...hops], foreignKey }
}

function nullableKey(source: Source, { owner, on }: RelationMeta): string[] {
  const fields = owner && on ? on.fields : []
  return fields.filter((field) => columnOf(source.table, field).field.nullable).map((field) => columnSql(source, field))
}

/** A field of the source itself in an order. */
export function fieldTerm(source: Source, name: string, direction: Pick<OrderTerm, 'descending' | 'nulls'>): OrderTerm {
  const { field } = columnOf(source.table, name)
  return { sql: columnSql(source, name), field: name, column: field, path: [name], ...direction }
}

/** True where no two rows stand in the same place: the fields of a unique key are among the terms. */
export function leavesNoTie(table: Table, terms: readonly { readonly field?: string | undefined }[]): boolean {
  return table.keys.some((fields) => fields.every((each) => terms.some(({ field }) => field === each)))
}

function direction(value: unknown, nullable: boolean | undefined): Pick<OrderTerm, 'descending' | 'nulls'> {
  if (isPlainObject(value)) {
    const { sort, nulls } = value
    if (nulls === undefined) return direction(sort, nullable)
    if (!nullable || (nulls !== 'first' && nulls !== 'last')) return uncovered('nulls on a field without them')
    return { ...direction(sort, nullable), nulls }
  }
  if (value !== 'asc' && value !== 'desc') return uncovered('an unknown direction')
  return { descending: value === 'desc' }
}
