/** What an upsert does with the row that is there: fields as the data has them, sums, or SQL over both rows. */
import { type Arguments, isPlainObject } from '../../../query/call.ts'
import type { Column, Table } from '../../../query/index.ts'
import { bulkArgument } from '../errors.ts'
import type { Key } from '../rows/key.ts'
import { type Fragment, isFragment, type RowNames, renderFragment, type WireParameters } from './fragment.ts'
import { Reference } from './reference.ts'

/** The new value of a column as SQL, over the row that is there and the row of the data. */
export interface Change {
  readonly column: Column
  readonly sql: (existing: RowNames, excluded: RowNames, add: WireParameters) => string
  /** True where whether the row differs is not asked of this column. */
  readonly silent?: true
}

type Rule = true | { readonly increment: true } | { readonly coalesce: true } | Fragment | Make

/** Makes a fragment of names for the row that is there and the row of the data. */
type Make = (rows: { readonly existing: object; readonly excluded: object }) => unknown

/**
 * What is done to the columns of a row that is there, for rows that give `fields`.
 *
 * @throws SUB_BULK_ARGUMENT
 */
export function changesOf(
  operation: string,
  table: Table,
  key: Key,
  update: unknown,
  fields: readonly string[],
): Change[] {
  const rules = rulesOf(operation, table, key, update, fields)
  const changes = [...rules].map(([name, rule]) => changeOf(operation, table, name, rule))
  if (changes.length === 0) return []
  for (const column of table.columns.values()) {
    const { name, updatedAt } = column.field
    // An instant that is ours differs every time; by itself it is no reason to write.
    if (updatedAt && !fields.includes(name) && !rules.has(name))
      changes.push({ column, sql: (_, excluded) => excluded(column), silent: true })
  }
  return changes
}

function rulesOf(
  operation: string,
  table: Table,
  { unique }: Key,
  update: unknown,
  fields: readonly string[],
): Map<string, unknown> {
  const argument = 'update'
  if (update === undefined || update === 'all') {
    const primary = [...table.uniques.values()].find((each) => each.primary)?.fields ?? []
    const kept = new Set([...unique.fields, ...primary])
    return new Map(fields.filter((name) => !kept.has(name)).map((name) => [name, true]))
  }
  const named: [string, unknown][] = Array.isArray(update)
    ? update.map((name) => [String(name), true])
    : isPlainObject(update)
      ? Object.entries(update).filter(([, rule]) => rule !== undefined && rule !== false)
      : []
  if (named.length === 0 && !Array.isArray(update) && !isPlainObject(update))
    throw bulkArgument({ operation, argument, fault: "takes 'all', a list of fields, or an object of fields" })
  for (const [name] of named) {
    const column = table.columns.get(name)
    if (column === undefined || column.field.generated)
      throw bulkArgument({ operation, argument, fault: `names ${name}, which is no field that can be written` })
    if (unique.fields.includes(name))
      throw bulkArgument({ operation, argument, fault: `names ${name}, by which the rows are found` })
  }
  // What a row does not give it does not change, unless the rule needs no value of it.
  return new Map(
    named.filter(([name, rule]) => fields.includes(name) || typeof rule === 'function' || isFragment(rule)),
  )
}

function changeOf(operation: string, table: Table, name: string, given: unknown): Change {
  const column = table.columns.get(name)!
  const rule = (typeof given === 'function' ? fragmentOf(table, given as Make) : given) as Rule
  if (rule === true) return { column, sql: (_, row) => row(column) }
  if (isFragment(rule)) return { column, sql: (existing, row, add) => `(${renderFragment(rule, existing, row, add)})` }
  if (isPlainObject(rule)) {
    const [[word, value] = [], ...more] = Object.entries(rule as Arguments)
    if (more.length === 0 && value === true && word === 'coalesce')
      return { column, sql: (existing, row) => `coalesce(${row(column)}, ${existing(column)})` }
    if (more.length === 0 && value === true && word === 'increment' && isNumber(column))
      return { column, sql: (existing, row) => `(${existing(column)} + ${row(column)})` }
  }
  const fault = `has no such rule for ${name}; there are true, { coalesce: true }, { increment: true } for numbers, and SQL`
  throw bulkArgument({ operation, argument: 'update', fault })
}

function isNumber({ field }: Column): boolean {
  return !field.list && ['Int', 'BigInt', 'Float', 'Decimal'].includes(field.type)
}

function fragmentOf(table: Table, make: Make): unknown {
  return make({ existing: referencesTo('existing', table), excluded: referencesTo('excluded', table) })
}

function referencesTo(row: Reference['row'], table: Table): object {
  return Object.fromEntries([...table.columns].map(([name, column]) => [name, new Reference(row, column)]))
}
