/**
 * The shape of a call's arguments: everything in them that decides which SQL is written, and nothing of the values that
 * become parameters. Calls of one shape share one plan.
 *
 * A string in a filter is a value and leaves only its kind in the shape; a string in `orderBy` is structure and stays
 * whole. List lengths leave no trace, so `in` over three ids and over three hundred is one plan.
 */
import { type Arguments, definedEntries, isPlainObject, type Runtime } from './call.ts'
import type { Table } from './catalog.ts'

/** The shape of a call's arguments as a string, for use as a key. */
export function shapeOfCall(args: Arguments, table: Table, runtime: Runtime): string {
  let shape = '{'
  for (const name in args) {
    const value = args[name]
    if (value === undefined || value === runtime.skip) continue
    const isData = name === 'data' || name === 'create' || name === 'update'
    shape += `${name}:${isData ? shapeOfData(value, table, runtime) : shapeOfArgument(name, value, runtime)},`
  }
  return `${shape}}`
}

/** Which fields are written, and by which operations; rows of the same fields have one shape, however many they are. */
function shapeOfData(data: unknown, table: Table, runtime: Runtime): string {
  if (Array.isArray(data)) return shapeOfRows(data, table, runtime)
  if (!isPlainObject(data)) return shapeOfValue(data, runtime)
  let shape = '{'
  for (const name in data) {
    const value = data[name]
    if (value === undefined || value === runtime.skip) continue
    const isValue = !isPlainObject(value) || table.columns.get(name)?.field.type === 'Json'
    shape += isValue ? `${name},` : `${name}:${shapeOfValue(value, runtime)},`
  }
  return `${shape}}`
}

/** Of rows of different fields it is which fields all give, and which some: the ways to mix them are too many. */
function shapeOfRows(rows: readonly unknown[], table: Table, runtime: Runtime): string {
  const shapes = new Set(rows.map((row) => shapeOfData(row, table, runtime)))
  if (shapes.size < 2) return `*${[...shapes].join()}`
  const counts = new Map<string, number>()
  for (const row of rows) {
    const names = isPlainObject(row) ? definedEntries(row, runtime).map(([name]) => name) : [shapeOfValue(row, runtime)]
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const fields = [...counts].map(([name, count]) => (count === rows.length ? name : `${name}?`))
  return `**${fields.sort().join()}`
}

function shapeOf(args: Arguments, runtime: Runtime): string {
  let shape = '{'
  for (const name in args) {
    const value = args[name]
    if (value === undefined || value === runtime.skip) continue
    shape += `${name}:${shapeOfArgument(name, value, runtime)},`
  }
  return `${shape}}`
}

function shapeOfArgument(name: string, value: unknown, runtime: Runtime): string {
  switch (name) {
    case 'select':
    case 'include':
    case 'omit':
      return shapeOfSelection(value, runtime)
    case 'orderBy':
    case 'distinct':
    case 'by':
    case 'relationLoadStrategy':
      return JSON.stringify(value) ?? ''
    case 'take':
      return isWrittenTake(value) ? String(value) : signOf(value)
    case 'skip':
    case 'limit':
      return signOf(value)
    default:
      return shapeOfValue(value, runtime)
  }
}

function signOf(value: unknown): string {
  return typeof value === 'number' ? `sign ${Math.sign(value)}` : typeof value
}

/**
 * Whether a `take` stands in the SQL itself. A page of a usual size has a statement of its own, so that PostgreSQL knows how many
 * rows are wanted and keeps one plan: with an unknown LIMIT it plans each execution anew.
 */
export function isWrittenTake(take: unknown): take is number {
  return Number.isInteger(take) && Math.abs(take as number) <= 100
}

/** Names in a selection are fields: one called `orderBy` must not be read as the argument. */
function shapeOfSelection(value: unknown, runtime: Runtime): string {
  if (!isPlainObject(value)) return shapeOfValue(value, runtime)
  let shape = '{'
  for (const name in value) {
    const selected = value[name]
    if (selected === undefined || selected === runtime.skip) continue
    shape += `${name}:${isPlainObject(selected) ? shapeOf(selected, runtime) : shapeOfValue(selected, runtime)},`
  }
  return `${shape}}`
}

function shapeOfValue(value: unknown, runtime: Runtime): string {
  switch (typeof value) {
    case 'string':
      return 's'
    case 'number':
      return Number.isInteger(value) ? 'i' : 'f'
    case 'bigint':
      return 'b'
    case 'boolean':
      return value ? '1' : '0'
    case 'object':
      return value === null ? 'n' : shapeOfObject(value, runtime)
    default:
      return typeof value
  }
}

function shapeOfObject(value: object, runtime: Runtime): string {
  if (Array.isArray(value)) return shapeOfList(value, runtime)
  if (value instanceof Date) return 'd'
  if (ArrayBuffer.isView(value)) return 'y'
  if (runtime.Decimal.isDecimal(value)) return 'D'
  if (!isPlainObject(value)) return shapeOfInstance(value, runtime)
  let shape = '{'
  for (const name in value) {
    const property = value[name]
    if (property === undefined || property === runtime.skip) continue
    // The only word inside a filter that is structure. A field of that name costs a plan for two of its values.
    const word = name === 'mode' && (property === 'insensitive' || property === 'default')
    shape += `${name}:${word ? property : shapeOfValue(property, runtime)},`
  }
  return `${shape}}`
}

function shapeOfList(list: readonly unknown[], runtime: Runtime): string {
  if (list.every((element) => !isPlainObject(element))) return 'l'
  return `[${list.map((element) => shapeOfValue(element, runtime)).join(',')}]`
}

function shapeOfInstance(value: object, runtime: Runtime): string {
  if (value === runtime.DbNull) return 'DbNull'
  if (value === runtime.JsonNull) return 'JsonNull'
  if (value === runtime.AnyNull) return 'AnyNull'
  const reference = fieldReference(value)
  return reference ? `#${reference.model}.${reference.field}` : 'object'
}

/** Reads `prisma.model.fields.x`, which compares a column with another of the same row. */
export function fieldReference(value: unknown): { readonly model: string; readonly field: string } | undefined {
  if (typeof value !== 'object' || value === null || isPlainObject(value)) return undefined
  const { modelName, name, typeName } = value as { modelName?: unknown; name?: unknown; typeName?: unknown }
  if (typeof modelName !== 'string' || typeof name !== 'string' || typeof typeName !== 'string') return undefined
  return { model: modelName, field: name }
}
