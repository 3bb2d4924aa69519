/** Rows in portions, each one statement: the next is written down while the server works on the one before. */
import type { Caller } from '../../client/feature.ts'
import type { Transaction } from '../../pg/session.ts'
import type { Result, Statement } from '../../pg/statement.ts'
import type { Group } from './rows.ts'

/** Rows of one statement: few enough that the server begins early, many enough that a statement's own cost is lost in them. */
export const PORTION = 10_000

/** One portion's statements; the last one's result is the portion's. */
export interface Portion {
  readonly statements: readonly Statement[]
  readonly settle: (result: Result) => void
}

/** Statements on their way at a time: enough that the server never waits, few enough to bound what is held in memory. */
const AHEAD = 2

/** Runs one portion alone, several in one transaction. */
export async function runPortions(caller: Caller, portions: Iterable<Portion>, alone: boolean): Promise<void> {
  if (!alone) return caller.transaction((tx) => runAll(tx, portions))
  for (const { statements, settle } of portions) settle(await caller.execute(statements[0]!))
}

async function runAll(tx: Transaction, portions: Iterable<Portion>): Promise<void> {
  const sent: Promise<void>[] = []
  for (const { statements, settle } of portions) {
    const results = statements.map((statement) => tx.execute(statement))
    const last = Promise.all(results).then((all) => settle(all.at(-1)!))
    // It is awaited below; until then its failure is nobody's.
    last.catch(() => {})
    sent.push(last)
    // What was written leaves for the server only when this turn of the event loop ends.
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (sent.length > AHEAD) await sent[sent.length - 1 - AHEAD]
  }
  await Promise.all(sent)
}

/** Rows of several groups, each in its order, as portions of at most {@link PORTION} rows of one group. */
export function* portionsOf(
  groups: readonly Group[],
  orders: readonly Uint32Array[],
  statementsFor: (group: Group, positions: Uint32Array) => readonly Statement[],
  settle: (positions: Uint32Array, result: Result) => void,
): Generator<Portion> {
  for (const [i, group] of groups.entries()) {
    for (let from = 0; from < orders[i]!.length; from += PORTION) {
      const positions = orders[i]!.subarray(from, from + PORTION)
      yield { statements: statementsFor(group, positions), settle: (result) => settle(positions, result) }
    }
  }
}
