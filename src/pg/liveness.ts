import { runStatement } from './call.ts'
import type { Connection } from './connection.ts'

/** A connection unheard of for this long, in milliseconds, is asked whether it is still there. */
export const longSilence = 30_000
const patience = 2_000
/** How long after its timeout a statement may still be without an answer, in milliseconds. */
const overdue = 5_000

/** Asks the server for an answer. Rejects, and destroys the connection, where none comes. */
export async function checkAlive(connection: Connection): Promise<void> {
  const timer = setTimeout(() => connection.destroy(new Error('no answer to a check')), patience)
  try {
    await runStatement(connection, '')
  } finally {
    clearTimeout(timer)
  }
}

/** Destroys a connection whose server or network has fallen silent: statement_timeout should have ended it long ago. */
export function destroyStuck(connection: Connection, queryTimeout: number, now: number): void {
  const { inFlight, headSince } = connection
  if (queryTimeout === 0 || inFlight.length === 0 || headSince === 0) return
  if (now - headSince > queryTimeout + overdue) connection.destroy(new Error(`no answer within ${queryTimeout} ms`))
}

/**
 * Calls `act` every `interval` milliseconds, when the sockets have been read. Where the whole process has stood still (a
 * suspended machine), everything looks overdue: one turn is left out, so that what was answered meanwhile arrives first.
 */
export function maintained(act: () => void, interval: number): NodeJS.Timeout {
  let last = performance.now()
  let leftOut = false
  return setInterval(() => {
    const now = performance.now()
    leftOut = !leftOut && now - last > 3 * interval
    last = now
    if (!leftOut) setImmediate(act)
  }, interval).unref()
}
