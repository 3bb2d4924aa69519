/** Rows of an upsert, in portions of one order, and what comes back of each. */
import type { Result } from '../../../pg/statement.ts'
import { instant } from '../../../query/index.ts'
import { groupRows, newCells, type Row, textsOf } from '../rows/groups.ts'
import { type OnDuplicate, orderByKey } from '../rows/key.ts'
import { type RowOutcome, readColumns, readNumbers, type UpsertOutcome } from '../rows/outcome.ts'
import { runSlices, type Slice, slicesOf } from '../run/portions.ts'
import type { Upsert } from './options.ts'
import { upsertStatements } from './statements.ts'

export interface Counts {
  /** Rows inserted or updated. */
  readonly count: number
  /** Rows that were there as they are, or that `where` kept from being changed. */
  readonly unchanged: number
}

/**
 * Times that rows are looked for which were neither written nor seen. Those that another transaction has just written are seen the
 * next time; those that a trigger keeps out never are.
 */
const PASSES = 3

/** @param rows - Where the outcome of each row goes, if it is asked for. */
export async function runUpsert(
  upsert: Upsert,
  data: readonly Row[],
  onDuplicate: OnDuplicate,
  rows: RowOutcome<UpsertOutcome>[] | undefined,
): Promise<Counts> {
  const { operation, caller, key, table } = upsert
  if (data.length === 0) return { count: 0, unchanged: 0 }
  const groups = groupRows(operation, data, caller.compiler.catalog.runtime)
  for (const group of groups) newCells(operation, table, group)
  const now = instant()
  const texts = textsOf(operation, data)
  let orders = orderByKey(operation, key, { texts, count: data.length }, groups, onDuplicate)
  const total = orders.reduce((sum, { length }) => sum + length, 0)
  const statementsFor = ({ group, positions }: Slice) => upsertStatements(upsert, texts, group, positions, now)
  let count = 0
  for (let pass = 0; pass < PASSES && orders.some(({ length }) => length > 0); pass++) {
    const unseen: number[] = []
    await runSlices(caller, slicesOf(table, texts, groups, orders), { statementsFor, settle })
    // Another transaction wrote these just as they were to be, too late to be seen: they are there now.
    orders = groups.map(({ positions }) => Uint32Array.from(unseen.filter((position) => positions.includes(position))))

    function settle(positions: Uint32Array, result: Result): void {
      if (rows === undefined) count += result.count ?? 0
      else if (upsert.returned) count += readRows(upsert, rows, positions, result, unseen)
      else count += readOutcomes(rows, positions, result)
    }
  }
  return { count, unchanged: total - count }
}

/** One row: the numbers of the inserted rows, and of the updated ones. */
function readOutcomes(rows: RowOutcome<UpsertOutcome>[], positions: Uint32Array, { rows: [told] }: Result): number {
  for (const position of positions) rows[position]!.outcome = 'unchanged'
  const [inserted, updated] = [readNumbers(told?.[0]), readNumbers(told?.[1])]
  for (const number of inserted) rows[positions[number - 1]!]!.outcome = 'inserted'
  for (const number of updated) rows[positions[number - 1]!]!.outcome = 'updated'
  return inserted.length + updated.length
}

/** A row each: its number, whether it was inserted or updated (null for neither), whether it is seen, its columns. */
function readRows(
  { returned = [] }: Upsert,
  rows: RowOutcome<UpsertOutcome>[],
  positions: Uint32Array,
  result: Result,
  unseen: number[],
): number {
  let count = 0
  for (const wire of result.rows) {
    const position = positions[Number(wire[0]) - 1]!
    const outcome = wire[1] === null ? 'unchanged' : wire[1] === 't' ? 'inserted' : 'updated'
    if (outcome !== 'unchanged') count++
    if (wire[2] !== 't') {
      unseen.push(position)
      rows[position] = { outcome }
    } else rows[position] = { outcome, row: readColumns(returned, wire, 3) }
  }
  return count
}
