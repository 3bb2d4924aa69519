import type { Operation } from '../core/operation.ts'
import { aborted, isDatabaseError, type Outcome, timedOut } from './errors.ts'

export function isPast({ deadline }: Operation): boolean {
  return deadline !== undefined && performance.now() >= deadline
}

/** @throws SUB_ABORTED or SUB_TIMEOUT for an operation that is over before anything was sent for it. */
export function refuseLate(node: string, operation: Operation, outcome: Outcome = 'never sent'): void {
  const { signal } = operation
  if (signal?.aborted) throw aborted({ node, outcome }, { cause: signal.reason })
  if (isPast(operation)) throw timedOut({ node, outcome, where: 'queue' })
}

/**
 * A timer that lets the sockets be read first: after the event loop was held up, what is late for us may have been
 * answered in time.
 */
export function afterReading(act: () => void, milliseconds: number): NodeJS.Timeout {
  return setTimeout(setImmediate, milliseconds, act)
}

const queryCanceled = '57014'

/** A statement that the server stopped: for the caller it was the deadline, the timeout or the abort that did it. */
export function explainCancel(node: string, operation: Operation, queryTimeout: number, error: unknown): unknown {
  if (!isDatabaseError(error, queryCanceled)) return error
  const { signal, startedAt } = operation
  if (signal?.aborted) return aborted({ node, outcome: 'failed' }, { cause: signal.reason })
  const overdue = isPast(operation) || (queryTimeout > 0 && performance.now() - startedAt >= queryTimeout)
  return overdue ? timedOut({ node, outcome: 'failed', where: 'database' }, { cause: error }) : error
}
