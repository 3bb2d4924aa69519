import { isSubstrataError } from 'substrata'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openSubstrata } from './open.ts'

const DEADLINE = 100
/** Milliseconds that an answer may be later than its deadline. */
const GRACE = 50

interface Served {
  /** The longest that any answer took, in milliseconds. */
  readonly longest: number
}

/** A statement of 20 ms on a pool of five: a caller who is turned away asks again until it is served. */
export async function prepare({ url }: BenchDatabase, { hurried }: CaseOptions): Promise<PreparedCase<void, Served>> {
  const db = await openSubstrata(url, { maxConnections: 5, lanes: 0 })
  const asked = hurried === true ? db.$with({ timeout: DEADLINE }) : db
  const turnedAway = ['SUB_TIMEOUT', 'SUB_POOL_TIMEOUT', 'SUB_POOL_FULL']
  return {
    async run() {
      let longest = 0
      for (;;) {
        const begin = performance.now()
        try {
          await asked.$queryRaw`SELECT pg_sleep(0.02)::text`
          return { longest: Math.max(longest, performance.now() - begin) }
        } catch (error) {
          if (!isSubstrataError(error) || !turnedAway.includes(error.code)) throw error
          longest = Math.max(longest, performance.now() - begin)
        }
      }
    },
    check({ longest }) {
      if (hurried === true && longest > DEADLINE + GRACE)
        throw new Error(`a caller was answered after ${Math.round(longest)} ms`)
    },
    close: () => db.$close(),
  }
}
