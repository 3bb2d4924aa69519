import { setTimeout as pause } from 'node:timers/promises'
import { ShopError } from '../errors.ts'
import { isConflict } from './database-errors.ts'

const FIRST_PAUSE = 10
const LONGEST_PAUSE = 250

/** Milliseconds after which no further attempt starts. */
const BUDGET = 5_000

/**
 * Runs a whole transaction until it commits: PostgreSQL may give it up for a concurrent one, in a deadlock or because it is
 * serializable. The pause before each further attempt is drawn at random from a range that doubles ("full jitter"), so that those
 * who met once do not meet again.
 * @throws ShopError UNAVAILABLE when the budget is used up
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>, budget = BUDGET): Promise<T> {
  const deadline = performance.now() + budget
  for (let tries = 0; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isConflict(error)) throw error
      const milliseconds = Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries)
      if (performance.now() + milliseconds > deadline)
        throw new ShopError('UNAVAILABLE', 'Too many are changing the same data at once; try again.', { cause: error })
      await pause(milliseconds)
    }
  }
}
