/** Prisma's `data` as columns and their values. */
import type { DefaultMeta, FieldMeta } from '../schema/model-meta.ts'
import { type Arguments, definedEntries, isPlainObject, type Runtime } from './call.ts'
import type { Column, Table } from './catalog.ts'
import { isNumeric, nativeName } from './codec.ts'
import { connection, type Parent } from './connect.ts'
import { formatInstant } from './datetime.ts'
import type { Encode, Instant, Path } from './parameters.ts'
import { columnSql, type Source } from './source.ts'
import { uncovered } from './uncovered.ts'

/** A column that a write sets. */
export interface Assignment {
  readonly column: Column
  /** The value as SQL. */
  readonly sql: string
}

export interface NewRow {
  readonly assignments: readonly Assignment[]
  readonly parent: Parent | undefined
}

/** A value that is made for each written row. */
export type MakeValue = (now: Instant) => string | null

/** A new row: the columns that `data` names, those that have a default of Prisma's, and the row it is connected to. */
export function insertAssignments(source: Source, data: unknown, path: Path): NewRow {
  const { parameters, catalog } = source.statement
  const { scalars, parent, connected } = connection(source, data, path)
  const given = givenColumns(source.table, scalars, catalog.runtime)
  const assignments = newRow(source.table, new Map([...given, ...connected])).map(({ column, make }) => {
    const foreign = connected.get(column.field.name)
    if (foreign !== undefined) return { column, sql: foreign }
    if (make) return { column, sql: parameters.make((_, now) => make(now)) }
    const { name, list } = column.field
    const isSet = list && isPlainObject(given.get(name))
    const at = isSet ? [...path, name, 'set'] : [...path, name]
    if (isSet) requireOnly(given.get(name) as Arguments, 'set', catalog.runtime)
    return { column, sql: parameters.add(at, newValue(column)) }
  })
  return { assignments, parent }
}

/** The fields of a row's `data` that count. */
export function givenColumns(table: Table, data: unknown, runtime: Runtime): ReadonlyMap<string, unknown> {
  if (!isPlainObject(data)) return uncovered('data that is not an object')
  const entries = definedEntries(data, runtime)
  for (const [name] of entries) {
    if (table.relations.has(name)) uncovered('a nested write')
    const { generated } = table.columns.get(name)?.field ?? uncovered('data for an unknown field')
    if (generated) uncovered('data for a generated column')
  }
  return new Map(entries)
}

/** What a new row consists of: values that are given, and values that are made. */
export function newRow(
  table: Table,
  given: ReadonlyMap<string, unknown>,
): { readonly column: Column; readonly make?: MakeValue }[] {
  requireWritable(table)
  return [...table.columns.values()].flatMap((column) => {
    const { field } = column
    if (given.has(field.name)) return [{ column }]
    const make = defaultValue(column)
    if (make) return [{ column, make }]
    return mayBeLeft(column) ? [] : uncovered('a required field without a value')
  })
}

/** The first field that a new row has to name and does not. */
export function missingField(table: Table, given: ReadonlyMap<string, unknown>): string | undefined {
  for (const column of table.columns.values()) {
    const { name, default: value, updatedAt } = column.field
    if (!given.has(name) && !value && !updatedAt && !mayBeLeft(column)) return name
  }
  return undefined
}

function mayBeLeft({ field }: Column): boolean {
  return field.nullable || field.list || field.generated || field.default?.kind === 'database'
}

/** Prisma has no `create` for a view, nor for a model with a required column that its client does not know. */
function requireWritable({ meta }: Table): void {
  if (meta.view) uncovered('a write to a view')
  for (const { kind, ignored, nullable, list, default: value, generated } of Object.values(meta.fields)) {
    const unknown = kind === 'unsupported' || ignored
    if (unknown && !nullable && !list && !value && !generated) uncovered('a required column unknown to the client')
  }
}

/** A value of a new row; null only where the column takes it. */
export function newValue({ field, codec }: Column): Encode {
  if (field.type === 'Json' && !field.list && !field.nullable) {
    return (value) => codec.encode(value) ?? uncovered('null for a required field')
  }
  if (!field.nullable || field.type === 'Json') return codec.encode
  return (value) => (value === null ? null : codec.encode(value))
}

/** The columns that an update sets. */
export function updateAssignments(source: Source, data: unknown, path: Path): Assignment[] {
  const { parameters, catalog } = source.statement
  const given = givenColumns(source.table, data, catalog.runtime)
  // Prisma then reads the row instead of writing it.
  if (given.size === 0) return uncovered('an update of nothing')
  const assignments = [...given].map(([name, value]) => {
    const column = source.table.columns.get(name)!
    return { column, sql: updated(source, column, value, [...path, name]) }
  })
  for (const { column, make } of updatedCells(source.table, [...given.keys()]))
    assignments.push({ column, sql: parameters.make((_, now) => make(now)) })
  return assignments
}

/** What an update sets by itself: the `@updatedAt` that it does not name. */
export function updatedCells(table: Table, given: readonly string[]): { column: Column; make: MakeValue }[] {
  return [...table.columns.values()]
    .filter(({ field }) => field.updatedAt && !given.includes(field.name))
    .map((column) => ({ column, make: instantOf(column) }))
}

const arithmetic: Readonly<Record<string, string>> = { increment: '+', decrement: '-', multiply: '*', divide: '/' }

function updated(source: Source, column: Column, value: unknown, path: Path): string {
  const { parameters, catalog } = source.statement
  const { field, codec } = column
  const whole = newValue(column)
  if (!isPlainObject(value) || (field.type === 'Json' && !field.list)) return parameters.add(path, whole)
  const [[operator, operand] = [], ...more] = definedEntries(value, catalog.runtime)
  if (operator === undefined || more.length > 0) return uncovered('an update of several operations')
  const at = [...path, operator]
  if (operator === 'set') return parameters.add(at, whole)
  const current = columnSql(source, field.name)
  if (field.list && operator === 'push') {
    const pushed: Encode = Array.isArray(operand) ? codec.encode : (element) => codec.encode([element])
    return `${current} || ${parameters.add(at, pushed)}`
  }
  const sign = arithmetic[operator]
  if (sign === undefined || field.list || !isNumeric(field)) return uncovered('an unknown update')
  return `(${current} ${sign} ${parameters.add(at, codec.encode)})`
}

function requireOnly(value: Arguments, name: string, runtime: Runtime): void {
  const [[first] = [], ...more] = definedEntries(value, runtime)
  if (first !== name || more.length > 0) uncovered('an unknown value of a list')
}

/** The value of a field that a new row does not name; undefined where the database, or nothing, gives it. */
function defaultValue(column: Column): MakeValue | undefined {
  const { field, codec } = column
  if (field.default?.kind === 'client') {
    if (field.default.generator === 'now') return instantOf(column)
    const { makeId = uncovered('a default that is not known') } = column
    return () => codec.encode(makeId())
  }
  if (field.default?.kind === 'literal') {
    const text = codec.encode(literalOf(field, field.default))
    return () => text
  }
  return field.updatedAt ? instantOf(column) : undefined
}

function instantOf({ field }: Column): MakeValue {
  if (field.type !== 'DateTime') return uncovered('an instant in a column of another type')
  const native = nativeName(field)
  return (now) => formatInstant(now.iso(), native)
}

/** A literal of the schema as a caller would write it. */
function literalOf(field: FieldMeta, { value }: Extract<DefaultMeta, { kind: 'literal' }>): unknown {
  if (Array.isArray(value)) return value.map((each: string | number | boolean) => scalarOf(field, each))
  return scalarOf(field, value as string | number | boolean)
}

function scalarOf({ type, kind }: FieldMeta, value: string | number | boolean): unknown {
  if (kind === 'enum') return value
  switch (type) {
    case 'BigInt':
      return BigInt(value)
    case 'Json':
      return JSON.parse(String(value))
    case 'Bytes':
      return new Uint8Array(Buffer.from(String(value), 'base64'))
    default:
      return value
  }
}
