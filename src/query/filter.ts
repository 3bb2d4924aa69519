/** Prisma's filters on one column: comparisons, lists, text, scalar lists and whole JSON values. */
import { isPlainObject } from './call.ts'
import { type Column, columnOf } from './catalog.ts'
import { jsonFilter } from './json-filter.ts'
import type { Encode, Path } from './parameters.ts'
import { fieldReference } from './shape.ts'
import type { Source } from './source.ts'
import { uncovered } from './uncovered.ts'

/** What a filter on one column is compiled with. */
interface Subject {
  readonly source: Source
  readonly column: Column
  /** The column as SQL, alias included. */
  readonly sql: string
  readonly insensitive: boolean
}

/** The conditions that a filter, or a bare value, sets on a column; all of them must hold. */
export function scalarFilter(
  source: Source,
  column: Column,
  filter: unknown,
  path: Path,
  turned: boolean = false,
): string[] {
  if (column.field.type === 'Json' && !column.field.list) return jsonFilter(source, column, filter, path, turned)
  return subjectFilter(source, column, `${source.alias}.${column.sql}`, filter, path)
}

/** The same over any SQL that is of the column's type: an aggregate of it. */
export function subjectFilter(source: Source, column: Column, sql: string, filter: unknown, path: Path): string[] {
  const { runtime } = source.statement.catalog
  if (!isPlainObject(filter)) return [equality({ source, column, sql, insensitive: false }, filter, path, false)]
  const insensitive = filter.mode === 'insensitive'
  const subject: Subject = { source, column, sql, insensitive }
  const conditions: string[] = []
  for (const operator of Object.keys(filter)) {
    const value = filter[operator]
    if (value === undefined || value === runtime.skip || operator === 'mode') continue
    conditions.push(...condition(subject, operator, value, [...path, operator], false))
  }
  return conditions
}

function condition(subject: Subject, operator: string, value: unknown, path: Path, negated: boolean): string[] {
  if (operator === 'not') return negation(subject, value, path, negated)
  if (subject.column.field.list) return [listCondition(subject, operator, value, path, negated)]
  switch (operator) {
    case 'equals':
      return [equality(subject, value, path, negated)]
    case 'in':
      return [membership(subject, value, path, negated)]
    case 'notIn':
      return [membership(subject, value, path, !negated)]
    case 'lt':
      return [comparison(subject, negated ? '>=' : '<', value, path)]
    case 'lte':
      return [comparison(subject, negated ? '>' : '<=', value, path)]
    case 'gt':
      return [comparison(subject, negated ? '<=' : '>', value, path)]
    case 'gte':
      return [comparison(subject, negated ? '<' : '>=', value, path)]
    case 'contains':
      return [pattern(subject, (text) => `('%' || ${text} || '%')`, value, path, negated)]
    case 'startsWith':
      return [pattern(subject, (text) => `(${text} || '%')`, value, path, negated)]
    case 'endsWith':
      return [pattern(subject, (text) => `('%' || ${text})`, value, path, negated)]
    default:
      return uncovered(`the filter ${operator}`)
  }
}

/** `not` turns each condition inside it round; they still all hold together. */
function negation(subject: Subject, value: unknown, path: Path, negated: boolean): string[] {
  if (!isPlainObject(value)) return [equality(subject, value, path, !negated)]
  // Inside `not` the mode of the outer filter holds, and Prisma refuses another.
  if ('mode' in value) return uncovered('a mode inside not')
  const runtime = subject.source.statement.catalog.runtime
  return Object.keys(value)
    .filter((operator) => value[operator] !== undefined && value[operator] !== runtime.skip)
    .flatMap((operator) => {
      // Two negations do not cancel in Prisma: `not: { not: 5 }` is `<> 5`.
      const inner = operator !== 'not'
      return condition(subject, operator, value[operator], [...path, operator], inner ? !negated : negated)
    })
}

function equality(subject: Subject, value: unknown, path: Path, negated: boolean): string {
  const { sql, insensitive } = subject
  if (value === null) return nullable(subject) && `${sql} IS ${negated ? 'NOT ' : ''}NULL`
  if (insensitive) return `${sql} ${negated ? 'NOT ILIKE' : 'ILIKE'} ${textOperand(subject, value, path)}`
  if (typeof value === 'boolean') return `${sql} ${negated ? '<>' : '='} ${booleanLiteral(subject, value)}`
  return `${sql} ${negated ? '<>' : '='} ${operand(subject, value, path)}`
}

/** The one value that is written into the SQL, and into the shape: a partial index `WHERE published` is used only where it is seen. */
function booleanLiteral({ column }: Subject, value: boolean): string {
  if (column.field.type !== 'Boolean' || column.field.list) return uncovered('a boolean for another type')
  return value ? 'TRUE' : 'FALSE'
}

/** Prisma refuses null for a required field; the refusal is its own to give. */
function nullable({ column }: Subject): true {
  return column.field.nullable ? true : uncovered('null for a required field')
}

function membership(subject: Subject, value: unknown, path: Path, negated: boolean): string {
  const { sql, column, source, insensitive } = subject
  if (value === null) return nullable(subject) && `${sql} IS ${negated ? 'NOT ' : ''}NULL`
  if (column.field.type === 'Boolean') return uncovered('a list of booleans')
  if (!Array.isArray(value)) return uncovered('a list that is a reference')
  const list = source.statement.parameters.add(path, column.codec.encodeList)
  const test = negated ? '<> ALL' : '= ANY'
  if (!insensitive) return `${sql} ${test} (${list})`
  return `LOWER(${sql}) ${test} (SELECT LOWER(element) FROM unnest(${list}::text[]) AS list (element))`
}

function comparison(subject: Subject, operator: string, value: unknown, path: Path): string {
  const { sql, insensitive, column } = subject
  if (column.field.type === 'Boolean' || column.field.type === 'Json')
    return uncovered('an order on a type without one')
  if (!insensitive) return `${sql} ${operator} ${operand(subject, value, path)}`
  return `LOWER(${sql}) ${operator} LOWER(${textOperand(subject, value, path)})`
}

/** As Prisma does it, `%`, `_` and `\` in the text keep their meaning in a pattern. */
function pattern(
  subject: Subject,
  around: (text: string) => string,
  value: unknown,
  path: Path,
  negated: boolean,
): string {
  const { sql, insensitive } = subject
  const text = around(textOperand(subject, value, path))
  if (insensitive) return `${sql} ${negated ? 'NOT ILIKE' : 'ILIKE'} ${text}`
  return `${sql}::text ${negated ? 'NOT LIKE' : 'LIKE'} ${text}`
}

function listCondition(subject: Subject, operator: string, value: unknown, path: Path, negated: boolean): string {
  const { sql, column, source } = subject
  if (negated && operator !== 'equals') return uncovered('a negated list filter')
  // PostgreSQL knows no such operators for `json`.
  if (column.field.native === 'Json') return uncovered('a filter on json')
  const add = (encode: Encode) => source.statement.parameters.add(path, encode)
  const oneElement: Encode = (element) => column.codec.encode([element])
  switch (operator) {
    case 'equals':
      return equality(subject, value, path, negated)
    case 'has':
      return value === null ? uncovered('has null') : `${sql} @> ${add(oneElement)}`
    case 'hasEvery':
      return `${sql} @> ${add(column.codec.encode)}`
    case 'hasSome':
      return `${sql} && ${add(column.codec.encode)}`
    case 'isEmpty':
      return typeof value === 'boolean' ? `${sql} ${value ? '=' : '<>'} '{}'` : uncovered('isEmpty without a boolean')
    default:
      return uncovered(`the list filter ${operator}`)
  }
}

/** The right side of a comparison: a parameter, or another column of the same row. */
function operand(subject: Subject, value: unknown, path: Path): string {
  const { source, column } = subject
  const reference = fieldReference(value)
  if (!reference) return source.statement.parameters.add(path, column.codec.encode)
  if (reference.model !== source.table.name) return uncovered('a reference to another model')
  const other = columnOf(source.table, reference.field)
  if (other.field.type !== column.field.type || other.field.list !== column.field.list) {
    return uncovered('a reference to a field of another type')
  }
  return `${source.alias}.${other.sql}`
}

function textOperand(subject: Subject, value: unknown, path: Path): string {
  if (subject.column.field.type !== 'String') return uncovered('a text filter on another type')
  return typeof value === 'string' ? operand(subject, value, path) : uncovered('a text filter over a reference')
}
