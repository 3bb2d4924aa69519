import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { isSubstrataError } from 'substrata'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openSession } from './session.ts'

const CONNECTIONS = 5
const STATEMENT = 'SELECT pg_sleep(0.02)'
const DEADLINE = 100
/** Milliseconds that an answer may be later than its deadline. */
const GRACE = 50
const TURNED_AWAY = ['SUB_TIMEOUT', 'SUB_POOL_TIMEOUT', 'SUB_POOL_FULL']

interface Served {
  /** The longest that any answer took, in milliseconds. */
  readonly longest: number
}

/** A statement of 20 ms on a pool of five: a caller who is turned away asks again, a little later, until it is served. */
export async function prepare({ url }: BenchDatabase, { hurried }: CaseOptions): Promise<PreparedCase<void, Served>> {
  const session = await openSession(url, { maxConnections: CONNECTIONS, lanes: 0 })
  await Promise.all(Array.from({ length: CONNECTIONS }, () => session.execute('unknown', STATEMENT, [])))
  // What the machine itself is late, with a thousand callers in one process, is not the queue's doing.
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const timeout = hurried === true ? DEADLINE : undefined
  return {
    async run() {
      let longest = 0
      for (;;) {
        const begin = performance.now()
        try {
          await session.execute('unknown', STATEMENT, [], timeout)
          return { longest: Math.max(longest, performance.now() - begin) }
        } catch (error) {
          if (!isSubstrataError(error) || !TURNED_AWAY.includes(error.code)) throw error
          longest = Math.max(longest, performance.now() - begin)
          await pause(DEADLINE)
        }
      }
    },
    check({ longest }) {
      const late = longest - delay.max / 1e6
      if (hurried === true && late > DEADLINE + GRACE)
        throw new Error(`a caller was answered after ${Math.round(late)} ms`)
    },
    close: () => session.close(),
  }
}
