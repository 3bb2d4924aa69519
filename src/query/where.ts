/**
 * Prisma's `where` as a SQL condition.
 *
 * Three-valued logic follows Prisma's own SQL to the letter, because its users rely on what it returns: `not: 'x'` leaves
 * out nulls, `every` is NOT EXISTS of the negation, and a to-one filter is a LEFT JOIN, so that its negation sees nulls as
 * Prisma's does. An empty filter is no condition at all, and `OR` counts only those that are one.
 */
import type { RelationMeta } from '../schema/model-meta.ts'
import { type Arguments, definedEntries, isPlainObject } from './call.ts'
import { columnOf } from './catalog.ts'
import { scalarFilter } from './filter.ts'
import type { Path } from './parameters.ts'
import { columnSql, equals, joinOne, relatedRows, type Source } from './source.ts'
import { at, uncovered } from './uncovered.ts'

/** A condition that holds for every row, where SQL wants one. */
const ALWAYS = 'TRUE'
/** What an OR without conditions comes to. */
const NEVER = 'FALSE'

/** `WHERE …` with a space before it, or nothing. */
export function whereClause(conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length > 0 ? ` WHERE ${given.join(' AND ')}` : ''
}

/** The condition of the `where` among a call's arguments; undefined where it has none. */
export function whereOf(source: Source, { where }: Arguments, path: Path): string | undefined {
  return where === undefined ? undefined : whereCondition(source, where, [...path, 'where'])
}

/** The condition of a `where` over the rows of `source`; undefined where it sets none. */
export function whereCondition(
  source: Source,
  where: unknown,
  path: Path,
  turned: boolean = false,
): string | undefined {
  return conditionOf(source, where, path, { inside: false, turned })
}

/** Where a condition stands. */
interface Place {
  /** Inside AND, OR or NOT. */
  readonly inside: boolean
  readonly turned: boolean
}

/** Inside AND, OR and NOT Prisma leaves out an OR without conditions; elsewhere no row meets it. */
function conditionOf(source: Source, where: unknown, path: Path, place: Place): string | undefined {
  if (!isPlainObject(where)) return uncovered('a where that is not an object')
  const conditions: (string | undefined)[] = []
  for (const [name, value] of definedEntries(where, source.statement.catalog.runtime)) {
    const member = [...path, name]
    const condition = at(member, () => memberCondition(source, name, value, member, place))
    if (!(place.inside && name === 'OR' && condition === NEVER)) conditions.push(condition)
  }
  return and(conditions)
}

/** Conditions joined by AND; those that are none are left out. */
export function and(conditions: readonly (string | undefined)[]): string | undefined {
  const given = conditions.filter((condition) => condition !== undefined)
  return given.length > 1 ? `(${given.join(' AND ')})` : given[0]
}

function memberCondition(
  source: Source,
  name: string,
  value: unknown,
  path: Path,
  { turned }: Place,
): string | undefined {
  switch (name) {
    case 'AND':
      return and(branches(source, value, path, turned))
    case 'OR':
      return Array.isArray(value) ? or(branches(source, value, path, turned)) : uncovered('an OR that is not a list')
    case 'NOT':
      return and(branches(source, value, path, !turned).map((condition) => condition && not(condition)))
  }
  const relation = source.table.relations.get(name)
  if (relation) return relationCondition(source, relation, value, path, turned)
  const column = source.table.columns.get(name)
  if (column) return and(scalarFilter(source, column, value, path, turned))
  const unique = source.table.uniques.get(name)
  if (unique && unique.fields.length > 1 && isPlainObject(value)) {
    return and(
      unique.fields.map((field) => {
        const part = value[field]
        if (part === undefined || part === null || isPlainObject(part)) uncovered('a compound key with a part missing')
        return equals(source, columnOf(source.table, field), [...path, field])
      }),
    )
  }
  return uncovered(`an unknown filter on ${source.table.name}`)
}

function branches(source: Source, value: unknown, path: Path, turned: boolean): (string | undefined)[] {
  const place: Place = { inside: true, turned }
  if (!Array.isArray(value)) return [conditionOf(source, value, path, place)]
  return value.map((each, i) => conditionOf(source, each, [...path, i], place))
}

/** Conditions joined by OR; none of them is never met. */
export function or(conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined)
  if (given.length === 0) return NEVER
  return given.length > 1 ? `(${given.join(' OR ')})` : given[0]!
}

function not(condition: string): string {
  return `(NOT ${condition})`
}

function relationCondition(
  source: Source,
  relation: RelationMeta,
  value: unknown,
  path: Path,
  turned: boolean,
): string | undefined {
  if (relation.list) return toManyCondition(source, relation, value, path, turned)
  if (value === null) return isAbsent(source, relation)
  if (!isPlainObject(value)) return uncovered('a relation filter that is not an object')
  const entries = definedEntries(value, source.statement.catalog.runtime)
  if (entries.length === 0) return undefined
  if (!entries.every(([name]) => name === 'is' || name === 'isNot')) {
    if ('is' in value || 'isNot' in value) return uncovered('a to-one filter that mixes is with fields')
    return toOneCondition(source, relation, 'is', value, path, turned)
  }
  return and(entries.map(([name, filter]) => toOneCondition(source, relation, name, filter, [...path, name], turned)))
}

function toOneCondition(
  source: Source,
  relation: RelationMeta,
  word: string,
  filter: unknown,
  path: Path,
  turned: boolean,
): string {
  if (filter === null) {
    const absent = isAbsent(source, relation)
    return word === 'is' ? absent : not(absent)
  }
  if (!source.joins) {
    if (word === 'isNot') return not(exists(source, relation, filter, path, false, turned))
    return exists(source, relation, filter, path, false, turned)
  }
  const target = joinOne(source, relation)
  const [key] = target.table.key
  if (key === undefined) return uncovered('a model without a key')
  const marker = columnSql(target, key)
  const below = word === 'is' ? turned : !turned
  const condition = whereCondition(target, filter, path, below) ?? ALWAYS
  return word === 'is' ? `(${condition} AND ${marker} IS NOT NULL)` : `(${not(condition)} OR ${marker} IS NULL)`
}

/** No row on the other side: told by the foreign key where this side holds it. */
function isAbsent(source: Source, relation: RelationMeta): string {
  if (relation.owner && relation.on) {
    const nulls = relation.on.fields.map((field) => `${columnSql(source, field)} IS NULL`)
    return nulls.length > 1 ? `(${nulls.join(' OR ')})` : nulls[0]!
  }
  return not(exists(source, relation, {}, [], false, false))
}

function toManyCondition(
  source: Source,
  relation: RelationMeta,
  value: unknown,
  path: Path,
  turned: boolean,
): string | undefined {
  if (!isPlainObject(value)) return uncovered('a relation filter that is not an object')
  return and(
    definedEntries(value, source.statement.catalog.runtime).map(([word, filter]) => {
      const below = [...path, word]
      switch (word) {
        case 'some':
          return exists(source, relation, filter, below, false, turned)
        case 'none':
          return not(exists(source, relation, filter, below, false, turned))
        case 'every':
          return not(exists(source, relation, filter, below, true, turned))
        default:
          return uncovered(`an unknown relation filter`)
      }
    }),
  )
}

function exists(
  source: Source,
  relation: RelationMeta,
  filter: unknown,
  path: Path,
  negate: boolean,
  turned: boolean,
): string {
  const { target, from, link } = relatedRows(source, relation)
  const condition = whereCondition(target, filter, path, turned) ?? ALWAYS
  return `EXISTS (SELECT 1 FROM ${from()} WHERE ${link} AND ${negate ? not(condition) : condition})`
}
