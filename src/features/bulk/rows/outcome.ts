/** What became of each row, told in the order in which the caller gave them. */
import type { Row as WireRow } from '../../../pg/statement.ts'
import { isPlainObject } from '../../../query/call.ts'
import type { Column, Table } from '../../../query/index.ts'
import { bulkArgument } from '../errors.ts'

/** `duplicate`: another row of the data with the same key counted instead. */
export type UpsertOutcome = 'inserted' | 'updated' | 'unchanged' | 'duplicate'

export interface RowOutcome<Outcome extends string = string> {
  outcome: Outcome
  /** As it is in the database; only where it was asked for, and not of a duplicate. */
  row?: Readonly<Record<string, unknown>>
}

/**
 * The columns of rows to be returned: all that the client shows for `true`, else those that are named.
 *
 * @throws SUB_BULK_ARGUMENT
 */
export function returnedColumns(operation: string, table: Table, returning: unknown): readonly Column[] | undefined {
  if (returning === undefined || returning === false) return undefined
  const columns = [...table.columns.values()]
  if (returning === true) return columns.filter(({ field }) => !table.omitted.has(field.name))
  const names = isPlainObject(returning) ? Object.keys(returning).filter((name) => returning[name]) : returning
  const chosen = Array.isArray(names) ? names.map((name) => table.columns.get(String(name))) : []
  if (chosen.length > 0 && chosen.every((column) => column !== undefined)) return chosen
  throw bulkArgument({ operation, argument: 'returning', fault: 'takes true or a list of fields of the model' })
}

/** Reads columns of a row from `start` on. */
export function readColumns(columns: readonly Column[], wire: WireRow, start: number): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  columns.forEach(({ field, codec }, i) => {
    row[field.name] = codec.read(wire[start + i]!)
  })
  return row
}

/** Reads `{1,2,3}`; nothing for null. */
export function readNumbers(text: string | null | undefined): number[] {
  return text ? text.slice(1, -1).split(',').map(Number) : []
}
