/** Transactions that lost a conflict, run again: only where the loser is certainly gone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isConflict } from './conflict.ts'

export interface RetryOptions {
  /** Runs at most, the first included. Default 5. */
  readonly attempts?: number
  /** Milliseconds over all attempts after which none is begun any more. Default 10 s. */
  readonly budget?: number
  readonly isolationLevel?: 'ReadUncommitted' | 'ReadCommitted' | 'RepeatableRead' | 'Serializable'
  /** Milliseconds that one attempt may wait for a connection; Prisma's default is 2 s. */
  readonly maxWait?: number
  /** Milliseconds that one attempt may take; Prisma's default is 5 s. */
  readonly timeout?: number
}

const FIRST_PAUSE = 10
const LONGEST_PAUSE = 1_000

/**
 * Runs `transaction` until it commits. P2034 (a serialization failure or a deadlock) means that PostgreSQL has rolled the
 * transaction back; every other fault, a lost connection among them, is the caller's.
 *
 * Pauses grow twofold with full jitter.
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export async function retry<T>(
  transaction: (options: object) => Promise<T>,
  { attempts = 5, budget = 10_000, ...options }: RetryOptions = {},
): Promise<T> {
  const giveUpAt = performance.now() + budget
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(options)
    } catch (error) {
      const pause = Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt)
      const lost = isConflict(error)
      if (!lost || attempt >= attempts || performance.now() + pause > giveUpAt) throw error
      await sleep(pause)
    }
  }
}
