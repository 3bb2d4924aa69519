/** `having` and the orders of `groupBy`: Prisma's filters and orders over the aggregates of a group. */
import type { FieldMeta } from '../schema/model-meta.ts'
import { definedEntries, isPlainObject } from './call.ts'
import { type Column, columnOf } from './catalog.ts'
import { codecOf, isNumeric, nativeName } from './codec.ts'
import { subjectFilter } from './filter.ts'
import { type OrderTerm, orderTerms } from './order.ts'
import type { Encode, Path } from './parameters.ts'
import { columnSql, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'
import { and, or } from './where.ts'

/** By Prisma's name. */
export const aggregateFunctions: Readonly<Record<string, string>> = {
  _count: 'COUNT',
  _sum: 'SUM',
  _avg: 'AVG',
  _min: 'MIN',
  _max: 'MAX',
}

export function isAggregate(name: string): boolean {
  return Object.hasOwn(aggregateFunctions, name)
}

/** The condition of a `having`; undefined where it sets none. */
export function havingCondition(
  source: Source,
  having: unknown,
  by: readonly string[],
  path: Path,
): string | undefined {
  if (!isPlainObject(having)) return uncovered('a having that is not an object')
  return and(
    definedEntries(having, source.statement.catalog.runtime).map(([name, value]) => {
      const at = [...path, name]
      switch (name) {
        case 'AND':
          return and(branches(source, value, by, at))
        case 'OR':
          return or(branches(source, value, by, at))
        case 'NOT':
          return and(branches(source, value, by, at).map((condition) => condition && `(NOT ${condition})`))
        default:
          return fieldCondition(source, name, value, by, at)
      }
    }),
  )
}

function branches(source: Source, value: unknown, by: readonly string[], path: Path): (string | undefined)[] {
  if (!Array.isArray(value)) return [havingCondition(source, value, by, path)]
  return value.map((each, i) => havingCondition(source, each, by, [...path, i]))
}

function fieldCondition(
  source: Source,
  name: string,
  filter: unknown,
  by: readonly string[],
  path: Path,
): string | undefined {
  const column = columnOf(source.table, name)
  if (column.field.list || column.field.type === 'Json') return uncovered('a having over a list or JSON')
  const entries: [string, unknown][] = isPlainObject(filter)
    ? definedEntries(filter, source.statement.catalog.runtime)
    : [['equals', filter]]
  const aggregated = entries.filter(([operator]) => isAggregate(operator))
  if (aggregated.length === 0) {
    if (!by.includes(name)) return uncovered('a having over a field that is not grouped by')
    return and(subjectFilter(source, column, columnSql(source, name), filter, path))
  }
  if (aggregated.length < entries.length) return uncovered('a having that mixes aggregates with values')
  return and(
    aggregated.flatMap(([operator, inner]) => {
      if (!isPlainObject(inner) || 'mode' in inner) return uncovered('an aggregate filter in another form')
      const sql = `${aggregateFunctions[operator]}(${columnSql(source, name)})`
      return subjectFilter(source, aggregateColumn(source, column, operator), sql, inner, [...path, operator])
    }),
  )
}

/** A column of the type that Prisma takes an aggregate for in a filter. */
function aggregateColumn({ statement }: Source, column: Column, operator: string): Column {
  const { name, native } = column.field
  const type = aggregateType(column.field, operator)
  const isOne = operator === '_min' || operator === '_max'
  const field: FieldMeta = {
    name,
    column: column.field.column,
    kind: 'scalar',
    type,
    nullable: true,
    ...(isOne && native !== undefined && { native }),
  }
  const codec = codecOf(field, {}, statement.catalog.runtime) ?? uncovered('an aggregate of an unusual type')
  // Prisma computes no aggregate for a list of nothing, so that one that overflows is no error.
  const encodeList: Encode = (list) =>
    Array.isArray(list) && list.length === 0 ? uncovered('an empty list beside an aggregate') : codec.encodeList(list)
  return { field, sql: column.sql, codec: { ...codec, encodeList } }
}

function aggregateType(field: FieldMeta, operator: string): string {
  const { type, kind } = field
  if (operator === '_count') return 'Int'
  // Prisma's patterns over them mean something else than over the column, or are none.
  if (kind !== 'scalar' || ['Char', 'Inet', 'Uuid'].includes(nativeName(field) ?? ''))
    return uncovered('a having over an unusual type')
  const numeric = isNumeric(field)
  if (operator === '_avg')
    return numeric ? (type === 'Decimal' ? 'Decimal' : 'Float') : uncovered('an average of no numbers')
  if (operator === '_sum' && !numeric) return uncovered('a sum of no numbers')
  return numeric || type === 'String' || type === 'DateTime' ? type : uncovered('an aggregate without an order')
}

/** The order of groups: by what they are grouped by, or by their aggregates. */
export function groupOrder(source: Source, orderBy: unknown, by: readonly string[]): OrderTerm[] {
  if (orderBy === undefined) return []
  const entries: unknown[] = Array.isArray(orderBy) ? orderBy : [orderBy]
  return entries.flatMap((entry) => {
    if (!isPlainObject(entry)) return uncovered('an orderBy that is not an object')
    const given = definedEntries(entry, source.statement.catalog.runtime)
    if (given.length !== 1) return uncovered('an orderBy of several fields in one object')
    const [name, value] = given[0]!
    if (isAggregate(name)) return aggregateTerms(source, name, value)
    if (!by.includes(name)) return uncovered('groups ordered by another field')
    return orderTerms(source, entry)
  })
}

function aggregateTerms(source: Source, operator: string, value: unknown): OrderTerm[] {
  if (!isPlainObject(value)) return uncovered('an order of groups that is not an object')
  const given = definedEntries(value, source.statement.catalog.runtime)
  if (given.length !== 1) return uncovered('an orderBy of several fields in one object')
  const [name, direction] = given[0]!
  if (direction !== 'asc' && direction !== 'desc') return uncovered('an unknown direction')
  const { field } = columnOf(source.table, name)
  const numeric = isNumeric(field)
  if (
    operator !== '_count' &&
    (field.list || field.kind !== 'scalar' || (!numeric && !['String', 'DateTime'].includes(field.type)))
  ) {
    return uncovered('groups ordered by an aggregate of an unusual type')
  }
  if ((operator === '_sum' || operator === '_avg') && !numeric) return uncovered('a sum of no numbers')
  return [{ sql: `${aggregateFunctions[operator]}(${columnSql(source, name)})`, descending: direction === 'desc' }]
}
