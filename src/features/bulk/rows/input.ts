/** Rows of the data as they stand in a statement: what differs from row to row in a source, what all share as a parameter. */
import {
  type Catalog,
  columnType,
  type Instant,
  type RowSource,
  rowSourceOf,
  type Strategy,
  strategyFor,
} from '../../../query/index.ts'
import { type Cell, covered, type Texts } from './groups.ts'
import { type Parameters, parametersAfter } from './parameters.ts'
import type { NewColumn } from './row-sql.ts'

export interface Input {
  readonly source: RowSource
  readonly columns: readonly NewColumn[]
  readonly parameters: Parameters
}

export interface InputOptions {
  readonly operation: string
  readonly catalog: Catalog
  readonly cells: readonly Cell[]
  readonly texts: Texts
  /** Of the rows, in the order in which they are to stand. */
  readonly positions: Uint32Array
  readonly now: Instant
  readonly strategy: Strategy | undefined
}

export function inputOf(options: InputOptions): Input {
  const { operation, catalog, cells, positions, now, strategy } = options
  const each = cells.filter(({ makeOnce }) => makeOnce === undefined)
  const written = each.map((cell) => ({ column: cell.column, texts: textsOf(options, cell) }))
  return covered(operation, () => {
    const way = strategyFor(positions.length, each.length, strategy)
    const source = rowSourceOf(way, written, positions.length, catalog)
    const parameters = parametersAfter(source.values)
    const columns = cells.map((cell): NewColumn => {
      const { column, makeOnce } = cell
      if (!makeOnce) return { column, sql: source.cell(each.indexOf(cell)) }
      return { column, sql: `${parameters.add(makeOnce(now))}::${columnType(column.field, catalog)}` }
    })
    return { source, columns, parameters }
  })
}

function textsOf({ texts, positions, now }: InputOptions, { column, makeEach }: Cell): readonly (string | null)[] {
  return makeEach ? Array.from(positions, () => makeEach(now)) : texts(column, positions)
}
