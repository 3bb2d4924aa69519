/**
 * The rows of `createMany`, as few statements as their number and width allow. Where all rows take the same defaults of the
 * database they are one array per column. Else DEFAULT stands in the places of those that do not, which only a list of values
 * can say.
 */
import type { Statement as WireStatement } from '../pg/statement.ts'
import { arrayLiteral } from './array-literal.ts'
import { type Arguments, isPlainObject, type Runtime } from './call.ts'
import type { Column, Table } from './catalog.ts'
import { givenColumns, type MakeValue, newRow, newValue } from './data.ts'
import { type Encode, type Instant, instant } from './parameters.ts'
import type { CompiledBase } from './plan.ts'
import { rowsWithin } from './portion.ts'
import { PARAMETERS, unnested } from './row-source.ts'
import type { Source } from './source.ts'
import { uncovered } from './uncovered.ts'

type Row = Arguments

/** A column of the new rows. */
interface Cell {
  readonly column: Column
  /** Writes the value of a row that gives one; absent where none does. */
  readonly encode?: Encode
  /** What stands in a row that gives none: a value that is made, null, or what the database has for it. */
  readonly absent?: MakeValue | 'null' | 'default'
}

/** @param end - What the statement has behind its rows. */
export function insertRows(source: Source, data: unknown, end: string): CompiledBase {
  const { table, alias, statement } = source
  const { catalog, parameters } = statement
  const { runtime } = catalog
  const cells = cellsOf(table, rowsOf(data), runtime)
  if (cells.length === 0) return uncovered('rows of nothing')
  const columns = cells.map(({ column }) => column)
  const into = `INSERT INTO ${table.sql} AS ${alias} (${columns.map(({ sql }) => sql).join(', ')})`
  if (cells.some(({ absent }) => absent === 'default'))
    return { text: into, split: ({ data }) => listed(`${into} VALUES `, cells, rowsOf(data), end, runtime) }
  const arrays = cells.map((cell) =>
    parameters.make((call, now) => arrayLiteral(textsOf(cell, rowsOf(call.data), now, runtime))),
  )
  const { from, cell } = unnested(columns, arrays, catalog)
  const text = `${into} SELECT ${columns.map((_, i) => cell(i)).join(', ')} FROM ${from}${end}`
  return { text, split: ({ data }) => portions(text, cells, rowsOf(data), runtime) }
}

export function rowsOf(data: unknown): readonly Row[] {
  return (Array.isArray(data) ? data : [data]) as readonly Row[]
}

/** The columns that some row gives, and those that every new row has. */
function cellsOf(table: Table, rows: readonly Row[], runtime: Runtime): Cell[] {
  if (rows.length === 0) return uncovered('no rows')
  const counts = new Map<string, number>()
  for (const row of rows)
    for (const name of givenColumns(table, row, runtime).keys()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const always = new Map([...counts].filter(([, count]) => count === rows.length))
  const made = new Map(newRow(table, always).map(({ column, make }) => [column, make]))
  return newRow(table, counts).map(({ column, make }): Cell => {
    if (make) return { column, absent: make }
    const encode = writerOf(column)
    if (always.has(column.field.name)) return { column, encode }
    const { default: value } = column.field
    return { column, encode, absent: made.get(column) ?? (value?.kind === 'database' ? 'default' : 'null') }
  })
}

/** A list may be given as `{ set: […] }`. */
function writerOf(column: Column): Encode {
  const encode = newValue(column)
  if (!column.field.list) return encode
  return (value) => encode(isPlainObject(value) && Object.keys(value).join() === 'set' ? value.set : value)
}

/** One value per row; undefined for what the database has for it. */
function textOf({ column, encode, absent }: Cell, row: Row, now: Instant, runtime: Runtime): string | null | undefined {
  const value = row[column.field.name]
  const isGiven = encode !== undefined && (absent === undefined || (value !== undefined && value !== runtime.skip))
  if (isGiven) return encode(value)
  if (typeof absent === 'function') return absent(now)
  return absent === 'default' ? undefined : null
}

function textsOf(cell: Cell, rows: readonly Row[], now: Instant, runtime: Runtime): (string | null)[] {
  const { column, encode, absent } = cell
  if (encode && absent === undefined) return rows.map((row) => encode(row[column.field.name]))
  return rows.map((row) => textOf(cell, row, now, runtime) ?? null)
}

/** Nothing where all rows are one statement. */
function portions(
  text: string,
  cells: readonly Cell[],
  rows: readonly Row[],
  runtime: Runtime,
): readonly WireStatement[] | undefined {
  const size = sizeOf(cells, rows, runtime)
  if (rows.length <= size) return undefined
  const now = instant()
  return slices(rows, size).map((slice) => ({
    text,
    values: cells.map((cell) => arrayLiteral(textsOf(cell, slice, now, runtime))),
  }))
}

function listed(
  begin: string,
  cells: readonly Cell[],
  rows: readonly Row[],
  end: string,
  runtime: Runtime,
): readonly WireStatement[] {
  const now = instant()
  const size = Math.min(Math.floor(PARAMETERS / cells.length), sizeOf(cells, rows, runtime))
  return slices(rows, size).map((slice) => {
    const values: (string | null)[] = []
    const lines = slice.map((row) => {
      const line = cells.map((cell) => {
        const text = textOf(cell, row, now, runtime)
        return text === undefined ? 'DEFAULT' : `$${values.push(text)}`
      })
      return `(${line.join(', ')})`
    })
    return { text: `${begin}${lines.join(', ')}${end}`, values, reusable: false }
  })
}

function sizeOf(cells: readonly Cell[], rows: readonly Row[], runtime: Runtime): number {
  // A few rows would have to have megabytes each to be too long for one statement, and are not to cost more for it.
  if (rows.length <= FEW) return FEW
  const now = instant()
  return rowsWithin(LARGEST, rows.length, (sample) =>
    sample.reduce((sum, at) => sum + widthOf(cells, rows[at]!, now, runtime), 0),
  )
}

const FEW = 16
/**
 * Characters of one statement. A text of JavaScript and a message of PostgreSQL can hold more; less would part rows that refer to
 * each other, which Prisma has in one.
 */
const LARGEST = 128 * 1024 * 1024

function widthOf(cells: readonly Cell[], row: Row, now: Instant, runtime: Runtime): number {
  return cells.reduce((sum, cell) => sum + (textOf(cell, row, now, runtime)?.length ?? 0), 0)
}

function slices(rows: readonly Row[], size: number): (readonly Row[])[] {
  const count = Math.ceil(rows.length / size)
  return Array.from({ length: count }, (_, i) => rows.slice(i * size, (i + 1) * size))
}
