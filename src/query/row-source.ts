/**
 * Rows on their way into a statement, as a table that it reads from: a list of values, one array per column, or a temporary
 * table filled by COPY. The first makes the shortest statement for a few rows, the second knows no limit of parameters, the
 * third no parsing of long arrays.
 */
import { identifier } from '../pg/sql.ts'
import type { Statement, WireValue } from '../pg/statement.ts'
import { arrayLiteral } from './array-literal.ts'
import type { Catalog, Column } from './catalog.ts'
import { copyText } from './copy-text.ts'
import { columnType } from './sql-type.ts'

export type Strategy = 'values' | 'unnest' | 'copy'

/** A table of a statement: one column per column of the rows, and {@link ORDINAL}. */
export interface RowSource {
  /** For FROM. */
  readonly from: string
  /** Of the parameters in it, which are the statement's first. */
  readonly values: readonly WireValue[]
  /** What has to run before, in the same transaction. */
  readonly before: readonly Statement[]
  /** A column by its place, in the type that its table's column takes. */
  readonly cell: (column: number) => string
}

const INPUT = '"input"'
/** The number of a row, from 1. */
export const ORDINAL = `${INPUT}."ord"`

/** One column and its values, one per row. */
export interface Cells {
  readonly column: Column
  readonly texts: readonly (string | null)[]
}

/** Rows up to which a list of values is the shortest. */
const FEW = 4
/** What the protocol can count, less what the rest of a statement may need. */
export const PARAMETERS = 60_000

export function strategyFor(rows: number, columns: number, asked: Strategy | undefined): Strategy {
  const strategy = asked ?? (rows <= FEW ? 'values' : 'unnest')
  return strategy === 'values' && rows * columns > PARAMETERS ? 'unnest' : strategy
}

export function rowSourceOf(strategy: Strategy, cells: readonly Cells[], rows: number, catalog: Catalog): RowSource {
  return sources[strategy](cells, rows, catalog)
}

const sources = { values: valuesSource, unnest: unnestSource, copy: copySource }

function namesOf(columns: readonly unknown[]): string {
  return [...columns.map((_, i) => `"c${i}"`), '"ord"'].join(', ')
}

const plain = (column: number) => `${INPUT}."c${column}"`

function valuesSource(cells: readonly Cells[], rows: number, catalog: Catalog): RowSource {
  const types = cells.map(({ column }) => columnType(column.field, catalog))
  const values: WireValue[] = []
  const lines = Array.from({ length: rows }, (_, row) => {
    const line = cells.map(({ texts }, i) => `$${values.push(texts[row]!)}::${types[i]}`)
    return `(${[...line, row + 1].join(', ')})`
  })
  return { from: `(VALUES ${lines.join(', ')}) AS ${INPUT} (${namesOf(cells)})`, values, before: [], cell: plain }
}

function unnestSource(cells: readonly Cells[], rows: number, catalog: Catalog): RowSource {
  // Of rows that give nothing only their number is known.
  if (cells.length === 0) {
    const from = `generate_series(1, $1::int) AS ${INPUT} ("ord")`
    return { from, values: [String(rows)], before: [], cell: plain }
  }
  const columns = cells.map(({ column }) => column)
  const arrays = cells.map((_, i) => `$${i + 1}`)
  const values = cells.map(({ texts }) => arrayLiteral(texts))
  return { ...unnested(columns, arrays, catalog), values, before: [] }
}

/**
 * A table of one array per column, whose statement is the same for any number of rows. Arrays of arrays must have one length in
 * PostgreSQL: list columns travel as text inside and are cast row by row.
 *
 * @param arrays - The placeholders of the arrays.
 */
export function unnested(
  columns: readonly Column[],
  arrays: readonly string[],
  catalog: Catalog,
): Pick<RowSource, 'from' | 'cell'> {
  const typed = columns.map(({ field }, i) => `${arrays[i]!}::${field.list ? 'text' : columnType(field, catalog)}[]`)
  return {
    from: `unnest(${typed.join(', ')}) WITH ORDINALITY AS ${INPUT} (${namesOf(columns)})`,
    cell(at) {
      const { field } = columns[at]!
      return field.list ? `${plain(at)}::${columnType(field, catalog)}` : plain(at)
    },
  }
}

const TEMPORARY = identifier('pg_temp', 'substrata_input')

function copySource(cells: readonly Cells[], rows: number, catalog: Catalog): RowSource {
  const columns = cells.map(({ column }, i) => `"c${i}" ${columnType(column.field, catalog)}`)
  const definition = [...columns, '"ord" integer'].join(', ')
  return {
    from: `${TEMPORARY} AS ${INPUT}`,
    values: [],
    before: [
      { text: `DROP TABLE IF EXISTS ${TEMPORARY}`, values: [] },
      { text: `CREATE TEMPORARY TABLE "substrata_input" (${definition}) ON COMMIT DROP`, values: [] },
      {
        text: `COPY ${TEMPORARY} FROM STDIN`,
        values: [],
        copy: copyText(
          cells.map(({ texts }) => texts),
          rows,
        ),
      },
    ],
    cell: plain,
  }
}
