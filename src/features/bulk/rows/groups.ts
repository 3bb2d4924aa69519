/** The caller's rows, grouped by the fields that they give: rows of one group are one statement. */
import { definedEntries, isPlainObject, type Runtime } from '../../../query/call.ts'
import {
  type Column,
  type MakeValue,
  missingField,
  newRow,
  newValue,
  type Table,
  Uncovered,
} from '../../../query/index.ts'
import { bulkUnsupported, bulkValue } from '../errors.ts'

export type Row = Readonly<Record<string, unknown>>

/** Rows that give the same fields. */
export interface Group {
  readonly fields: readonly string[]
  /** Positions in the caller's data. */
  readonly positions: number[]
}

/** One column of a group's rows. */
export interface Cell {
  readonly column: Column
  /** Makes a value of its own for each row. */
  readonly makeEach?: MakeValue
  /** Makes one value that all rows share. */
  readonly makeOnce?: MakeValue
}

/** @throws SUB_BULK_VALUE for what is no row */
export function groupRows(operation: string, data: readonly unknown[], runtime: Runtime): Group[] {
  const groups = new Map<string, Group>()
  let last: Group | undefined
  for (let position = 0; position < data.length; position++) {
    const row = data[position]
    if (!isPlainObject(row)) throw bulkValue({ operation, row: position, field: '*', fault: 'not an object' })
    if (last === undefined || !gives(row, last.fields, runtime)) {
      const fields = definedEntries(row, runtime).map(([name]) => name)
      const key = fields.toSorted().join()
      last = groups.get(key) ?? { fields, positions: [] }
      groups.set(key, last)
    }
    last.positions.push(position)
  }
  return [...groups.values()]
}

/** Whether a row gives these fields, in this order, and no other: the rule, and cheaper to see than a sorted list of names. */
function gives(row: Row, fields: readonly string[], runtime: Runtime): boolean {
  let at = 0
  for (const name in row) {
    const value = row[name]
    if (name !== fields[at] || value === undefined || value === runtime.skip) return false
    at++
  }
  return at === fields.length
}

/** The columns of a group's rows when they are new: those that are given, and those that are made. */
export function newCells(operation: string, table: Table, { fields, positions: [row = 0] }: Group): Cell[] {
  requireFields(operation, table, fields, row)
  const given = new Map(fields.map((name) => [name, true]))
  const missing = missingField(table, given)
  if (missing !== undefined) throw bulkValue({ operation, row, field: missing, fault: 'missing' })
  return covered(operation, () =>
    newRow(table, given).map(({ column, make }) => {
      if (make === undefined) return { column }
      return column.makeId === undefined ? { column, makeOnce: make } : { column, makeEach: make }
    }),
  )
}

/** The columns that a group's rows give. */
export function givenCells(operation: string, table: Table, { fields, positions: [row = 0] }: Group): Cell[] {
  requireFields(operation, table, fields, row)
  return fields.map((name) => ({ column: table.columns.get(name)! }))
}

function requireFields(operation: string, table: Table, fields: readonly string[], row: number): void {
  for (const field of fields) {
    const fault = faultOfField(table, field)
    if (fault !== undefined) throw bulkValue({ operation, row, field, fault })
  }
}

function faultOfField(table: Table, name: string): string | undefined {
  if (table.relations.has(name)) return 'a relation, which a bulk write does not follow; give its scalar fields'
  const column = table.columns.get(name)
  if (column === undefined) return 'no field of the model'
  return column.field.generated ? 'a generated column' : undefined
}

/** The values of one column for some rows, as PostgreSQL's text. */
export type Texts = (column: Column, positions: ArrayLike<number>) => (string | null)[]

/** @throws SUB_BULK_VALUE, naming the row */
export function textsOf(operation: string, data: readonly Row[]): Texts {
  return (column, positions) => encodeColumn(operation, data, column, positions)
}

function encodeColumn(
  operation: string,
  data: readonly Row[],
  column: Column,
  positions: ArrayLike<number>,
): (string | null)[] {
  const { name, list } = column.field
  const encode = newValue(column)
  const texts = new Array<string | null>(positions.length)
  let i = 0
  try {
    for (; i < positions.length; i++) {
      const value = data[positions[i]!]![name]
      texts[i] = encode(list && isPlainObject(value) ? value.set : value)
    }
    return texts
  } catch (error) {
    if (error instanceof Uncovered)
      throw bulkValue({ operation, row: positions[i]!, field: name, fault: error.reason }, { cause: error })
    throw error
  }
}

/** What only Prisma writes is refused here. */
export function covered<T>(operation: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Uncovered) throw bulkUnsupported({ operation, reason: error.reason })
    throw error
  }
}
