/** Many rows in portions, each a statement or a few: the next is written down while the server works on the one before. */
import type { Operation } from '../core/operation.ts'
import type { Transaction } from '../pg/session.ts'
import type { Result, Statement } from '../pg/statement.ts'

/** One portion's statements; the last one's result is the portion's. */
export interface Portion {
  readonly statements: readonly Statement[]
  readonly settle: (result: Result) => void
}

/** Statements on their way at a time: enough that the server never waits, few enough to bound what is held in memory. */
const AHEAD = 2

/** @throws what the first statement that fails is answered with, when nothing of the portions is under way any more */
export async function runPortions(tx: Transaction, portions: Iterable<Portion>, operation?: Operation): Promise<void> {
  const sent: Promise<void>[] = []
  try {
    for (const { statements, settle } of portions) {
      const results = statements.map((statement) => tx.execute(statement, operation))
      const last = Promise.all(results).then((all) => settle(all.at(-1)!))
      // It is awaited below; until then its failure is nobody's.
      last.catch(() => {})
      sent.push(last)
      // What was written leaves for the server only when this turn of the event loop ends.
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (sent.length > AHEAD) await sent[sent.length - 1 - AHEAD]
    }
  } finally {
    await Promise.allSettled(sent)
  }
  await Promise.all(sent)
}
