/** Records of CSV: one shape, given by the header. */
import { isUtf8 } from 'node:buffer'
import { type Options, parse } from 'csv-parse/sync'
import type { Runtime } from '../../../query/call.ts'
import { missingField, type Table } from '../../../query/index.ts'
import { cellReader, type ReadCell } from './cell.ts'
import { type Cut, recordText } from './cut.ts'
import { importColumns } from './errors.ts'
import { type BadRow, type Batch, badRowOf, type GoodRecord, type Shape, Unreadable } from './record.ts'

export interface CsvOptions {
  /** One character. Default `,`. */
  readonly delimiter?: string
  /** Names of the header to fields of the model; `null` leaves a column out. */
  readonly columns?: Readonly<Record<string, string | null>>
}

/** Reads the cuts of a CSV file. */
export interface CsvReader {
  readonly shape: Shape
  read(cut: Cut): Batch
}

const QUOTE = 34

/** @throws SUB_IMPORT_COLUMNS where the header does not fit the model */
export function csvReader(header: Buffer, table: Table, runtime: Runtime, options: CsvOptions = {}): CsvReader {
  const { delimiter = ',', columns: map = {} } = options
  const csv: Options = { delimiter, relax_column_count: true, bom: true }
  const names = parse(header, csv)[0] ?? []
  const fields = names.map((name) => (Object.hasOwn(map, name) ? map[name]! : name))
  requireColumns(table, fields)
  const shape: Shape = { fields: fields.filter((field) => field !== null) }
  const readers = fields.map((field): ReadCell | undefined =>
    field === null ? undefined : cellReader(table.columns.get(field)!, runtime),
  )

  function cellsOf(cut: Cut): (readonly string[] | undefined)[] {
    const { bytes } = cut
    if (!isUtf8(bytes)) return cut.ends.map((_, i) => cellsOfRecord(cut, i))
    // Without quotes there is nothing to parse.
    if (!bytes.includes(QUOTE)) {
      const lines = bytes.toString().split(/\r?\n/)
      if (lines.length === cut.ends.length + 1) lines.pop()
      if (lines.length === cut.ends.length) return lines.map((line) => line.split(delimiter))
    }
    try {
      const records = parse(bytes, { ...csv, bom: false, skip_empty_lines: false })
      if (records.length === cut.ends.length) return records
    } catch {
      // One of the records is none: each is looked at by itself.
    }
    return cut.ends.map((_, i) => cellsOfRecord(cut, i))
  }

  function cellsOfRecord(cut: Cut, i: number): readonly string[] | undefined {
    const bytes = recordText(cut, i)
    if (!isUtf8(bytes)) return undefined
    try {
      return parse(bytes, { ...csv, bom: false })[0] ?? ['']
    } catch {
      return undefined
    }
  }

  function textsOf(cut: Cut, i: number, cells: readonly string[] | undefined): (string | null)[] {
    if (cells === undefined) {
      const isText = isUtf8(recordText(cut, i))
      throw new Unreadable(isText ? 'a quote is not closed, or stands inside a cell' : 'not valid UTF-8')
    }
    if (cells.length !== readers.length)
      throw new Unreadable(`${cells.length} cells where the header has ${readers.length}`)
    const texts: (string | null)[] = []
    for (let at = 0; at < readers.length; at++) {
      const read = readers[at]
      if (read !== undefined) texts.push(read(cells[at]!))
    }
    return texts
  }

  return {
    shape,
    read(cut) {
      const good: GoodRecord[] = []
      const bad: BadRow[] = []
      cellsOf(cut).forEach((cells, i) => {
        const line = cut.lines[i]!
        // An empty line is no record, unless the table has one column and it is text.
        if (cells?.length === 1 && cells[0] === '' && readers.length > 1) return
        try {
          good.push({ line, shape, texts: textsOf(cut, i, cells) })
        } catch (error) {
          bad.push(badRowOf(line, error))
        }
      })
      return { good, bad, end: cut.start + cut.bytes.length, lines: cut.linesAfter }
    },
  }
}

function requireColumns(table: Table, fields: readonly (string | null)[]): void {
  const named = fields.filter((field) => field !== null)
  const unknown = named.filter(
    (field) => table.columns.get(field)?.field.generated !== undefined || !table.columns.has(field),
  )
  const given = new Map(named.map((field) => [field, true]))
  const missing = missingField(table, given)
  if (unknown.length > 0 || missing !== undefined)
    throw importColumns({ model: table.name, unknown, missing: missing === undefined ? [] : [missing] })
}
