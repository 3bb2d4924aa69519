import { isSubstrataError } from 'substrata'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openSession } from './session.ts'

const CONNECTIONS = 5
const STATEMENT = 'SELECT pg_sleep(0.02)'
const DEADLINE = 100
const TURNED_AWAY = ['SUB_TIMEOUT', 'SUB_POOL_TIMEOUT', 'SUB_POOL_FULL']

type Answer = 'served' | 'turned away'

/**
 * A statement of 20 ms on a pool of five. Who is turned away calls again at once, as who is served does: the crowd never
 * grows smaller. Only what was served counts; every answer is timed, and the latest of them has a target of its own.
 */
export async function prepare({ url }: BenchDatabase, { hurried }: CaseOptions): Promise<PreparedCase<void, Answer>> {
  const session = await openSession(url, { maxConnections: CONNECTIONS, lanes: 0 })
  await Promise.all(Array.from({ length: CONNECTIONS }, () => session.execute('unknown', STATEMENT, [])))
  const timeout = hurried === true ? DEADLINE : undefined
  return {
    async run() {
      try {
        await session.execute('unknown', STATEMENT, [], timeout)
        return 'served'
      } catch (error) {
        if (isSubstrataError(error) && TURNED_AWAY.includes(error.code)) return 'turned away'
        throw error
      }
    },
    counts: (answer) => answer === 'served',
    check(answer) {
      if (hurried !== true && answer !== 'served') throw new Error('turned away although nobody else is there')
    },
    close: () => session.close(),
  }
}
