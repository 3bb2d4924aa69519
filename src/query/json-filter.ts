/**
 * Prisma's filters on a JSON column: a whole value, or what stands at a path in it.
 *
 * Under NOT Prisma turns the type check of a filter round together with its condition: `NOT (… OR typeof <> 'string')`.
 */
import { type Arguments, definedEntries, isPlainObject } from './call.ts'
import type { Column } from './catalog.ts'
import type { Encode, Path } from './parameters.ts'
import type { Source } from './source.ts'
import { uncovered } from './uncovered.ts'

interface Subject {
  readonly source: Source
  readonly column: Column
  /** What is compared: the column, or what stands at the path. */
  readonly sql: string
  /** The same as text, for patterns. */
  readonly text: string
  readonly insensitive: boolean
  /** Whether the filter stands under NOT, or under `isNot`. */
  readonly turned: boolean
}

/** The conditions that a filter sets on a JSON column; all of them must hold. */
export function jsonFilter(source: Source, column: Column, filter: unknown, path: Path, turned: boolean): string[] {
  if (!isPlainObject(filter)) return uncovered('a JSON filter that is not an object')
  const { path: inside, mode, ...operators } = filter
  const subject = subjectOf(source, column, filter, path, turned)
  const entries = definedEntries(operators, source.statement.catalog.runtime)
  // Prisma has its own words for a path without a filter.
  if (inside !== undefined && entries.length === 0) return uncovered('a JSON path alone')
  if (mode !== undefined && mode !== 'insensitive' && mode !== 'default') return uncovered('an unknown mode')
  // PostgreSQL refuses the LOWER of JSON that Prisma asks it for.
  if (subject.insensitive && inside === undefined && entries.some(([operator]) => operator.startsWith('string_')))
    return uncovered('an insensitive text filter on whole JSON')
  return entries.map(([operator, value]) => condition(subject, operator, value, [...path, operator]))
}

function subjectOf(source: Source, column: Column, filter: Arguments, path: Path, turned: boolean): Subject {
  const whole = `${source.alias}.${column.sql}`
  const insensitive = filter.mode === 'insensitive'
  if (filter.path === undefined) {
    return { source, column, sql: whole, text: `${whole}::text`, insensitive, turned }
  }
  const at = `${source.statement.parameters.add([...path, 'path'], encodePath)}::text[]`
  return { source, column, sql: `(${whole}#>${at})::jsonb`, text: `(${whole}#>>${at})`, insensitive, turned }
}

const encodePath: Encode = (value) => {
  if (!Array.isArray(value)) return uncovered('a JSON path that is not a list')
  const steps = value.map((step: unknown) => {
    if (typeof step !== 'string' || step.includes('\0')) return uncovered('a JSON path of other than names')
    return `"${step.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${steps.join(',')}}`
}

function condition(subject: Subject, operator: string, value: unknown, path: Path): string {
  switch (operator) {
    case 'equals':
      return equality(subject, value, path, false)
    case 'not':
      return equality(subject, value, path, true)
    case 'lt':
      return ordered(subject, '<', value, path)
    case 'lte':
      return ordered(subject, '<=', value, path)
    case 'gt':
      return ordered(subject, '>', value, path)
    case 'gte':
      return ordered(subject, '>=', value, path)
    case 'string_contains':
      return pattern(subject, (text) => `('%' || ${text} || '%')`, value, path)
    case 'string_starts_with':
      return pattern(subject, (text) => `(${text} || '%')`, value, path)
    case 'string_ends_with':
      return pattern(subject, (text) => `('%' || ${text})`, value, path)
    case 'array_contains':
      return typed(subject, `${subject.sql} @> ${json(subject, value, path)}`, 'array')
    case 'array_starts_with':
      return typed(subject, `(${subject.sql}->0)::jsonb = ${json(subject, value, path)}`, 'array')
    case 'array_ends_with':
      return typed(subject, `(${subject.sql}->-1)::jsonb = ${json(subject, value, path)}`, 'array')
    default:
      return uncovered(`the JSON filter ${operator}`)
  }
}

function equality(subject: Subject, value: unknown, path: Path, negated: boolean): string {
  const { DbNull, JsonNull, AnyNull } = subject.source.statement.catalog.runtime
  const { sql, insensitive } = subject
  const isNull = `${sql} IS ${negated ? 'NOT ' : ''}NULL`
  if (value === null) return uncovered('a null in a JSON filter')
  if (value === DbNull) return isNull
  // As Prisma does it, the value's text is a pattern where case does not count.
  const same = insensitive ? `${sql}::text ${negated ? 'NOT ILIKE' : 'ILIKE'}` : `${sql}::jsonb ${negated ? '<>' : '='}`
  if (value === AnyNull) return negated ? `(${same} 'null' AND ${isNull})` : `(${same} 'null' OR ${isNull})`
  return value === JsonNull ? `${same} 'null'` : `${same} ${json(subject, value, path)}`
}

function ordered(subject: Subject, operator: string, value: unknown, path: Path): string {
  const type = typeof value
  if (type !== 'number' && type !== 'string') return uncovered('an order of JSON that is neither number nor text')
  return typed(subject, `${subject.sql} ${operator} ${json(subject, value, path)}`, type)
}

/** As Prisma does it, `%`, `_` and `\` in the text keep their meaning in a pattern. */
function pattern(subject: Subject, around: (text: string) => string, value: unknown, path: Path): string {
  if (typeof value !== 'string') return uncovered('a text filter over other than text')
  const text = around(subject.source.statement.parameters.add(path, encodeText))
  const like = subject.insensitive ? `LOWER(${subject.text}) LIKE LOWER(${text})` : `${subject.text} LIKE ${text}`
  return typed(subject, like, 'string')
}

const encodeText: Encode = (value) =>
  typeof value === 'string' && !value.includes('\0') ? value : uncovered('not a plain string')

function typed({ sql, turned, column, source }: Subject, test: string, type: string): string {
  // PostgreSQL knows no such operators for `json`; a value at a path is cast to `jsonb`.
  if (column.field.native === 'Json' && sql === `${source.alias}.${column.sql}`) return uncovered('a filter on json')
  const typeOf = `JSONB_TYPEOF(${sql})`
  return turned ? `(${test} OR ${typeOf} <> '${type}')` : `(${test} AND ${typeOf} = '${type}')`
}

function json({ source, column }: Subject, value: unknown, path: Path): string {
  if (value === null || value === undefined) return uncovered('a null in a JSON filter')
  return source.statement.parameters.add(path, column.codec.encode)
}
