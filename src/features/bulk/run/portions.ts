/** The rows of a call in portions, of one group each: alone where it is one statement, else in one transaction. */
import type { Caller } from '../../../client/feature.ts'
import { type Portion, runPortions } from '../../../client/portions.ts'
import type { Result, Statement } from '../../../pg/statement.ts'
import { rowsWithin, type Table } from '../../../query/index.ts'
import type { Group, Texts } from '../rows/groups.ts'

/** Few enough rows that the server begins early, many enough that a statement's own cost is lost in them. */
const PORTION = 10_000
/** Characters of one statement: far from what a text of JavaScript and a message of PostgreSQL can hold. */
const LARGEST = 32 * 1024 * 1024

/** Rows of one statement. */
export interface Slice {
  readonly group: Group
  readonly positions: Uint32Array
}

export interface Writing {
  readonly statementsFor: (slice: Slice) => readonly Statement[]
  readonly settle: (positions: Uint32Array, result: Result) => void
}

/** @param orders - The positions of each group's rows, in the order in which they are to be written. */
export function slicesOf(
  table: Table,
  texts: Texts,
  groups: readonly Group[],
  orders: readonly Uint32Array[],
): readonly Slice[] {
  return groups.flatMap((group, i) => {
    const order = orders[i]!
    const columns = group.fields.flatMap((name) => table.columns.get(name) ?? [])
    const fitting = rowsWithin(LARGEST, order.length, (sample) => {
      const positions = sample.map((at) => order[at]!)
      const lengths = columns.flatMap((column) => texts(column, positions).map((text) => text?.length ?? 0))
      return lengths.reduce((sum, length) => sum + length, 0)
    })
    const size = isSelfReferring(table) ? fitting : Math.min(PORTION, fitting)
    const count = Math.ceil(order.length / size)
    return Array.from({ length: count }, (_, at): Slice => {
      return { group, positions: order.subarray(at * size, (at + 1) * size) }
    })
  })
}

/** Its rows may refer to each other, which a constraint looks at when a statement is over: they stay in one. */
function isSelfReferring({ name, relations }: Table): boolean {
  return [...relations.values()].some(({ model, owner }) => owner && model === name)
}

export async function runSlices(
  caller: Caller,
  slices: readonly Slice[],
  { statementsFor, settle }: Writing,
): Promise<void> {
  const portionFor = (slice: Slice): Portion => ({
    statements: statementsFor(slice),
    settle: (result) => settle(slice.positions, result),
  })
  if (slices.length > 1) return caller.transaction((tx) => runPortions(tx, mapped(slices, portionFor)))
  for (const portion of mapped(slices, portionFor)) {
    const [only, ...more] = portion.statements
    if (more.length > 0) return caller.transaction((tx) => runPortions(tx, [portion]))
    portion.settle(await caller.execute(only!))
  }
}

/** One by one, as they are asked for: what is written down waits in memory. */
function* mapped<From, To>(from: Iterable<From>, map: (each: From) => To): Generator<To> {
  for (const each of from) yield map(each)
}
