import type { Operation } from '../core/operation.ts'
import { afterReading } from './deadline.ts'
import { aborted, type Holder, poolFull, poolTimeout, timedOut } from './errors.ts'

export interface WaitQueueOptions {
  readonly node: string
  readonly max: number
  /** How many may wait. */
  readonly maxWaiting: number
  /** How long each may wait, in milliseconds; its own deadline may be sooner. */
  readonly patience: number
  /** Who holds what is waited for. */
  readonly holders: () => readonly Holder[]
}

interface Waiter<T> {
  readonly since: number
  /** When it is sent away. */
  readonly due: number
  readonly operation: Operation
  /** Milliseconds that it will need once it is served; with less than that left others come first. */
  readonly needs: number
  readonly resolve: (item: T) => void
  readonly reject: (error: Error) => void
  readonly onAbort: (() => void) | undefined
}

/** Callers who wait for something, first come first served, each until its deadline. */
export interface WaitQueue<T> {
  readonly length: number
  /**
   * @param needs milliseconds that the caller expects to need afterwards. One whose deadline leaves less is sent away when
   * its turn comes and another's leaves more: under overload, work that cannot end in time would take the place of work
   * that can.
   * @throws SUB_POOL_FULL, SUB_POOL_TIMEOUT, SUB_TIMEOUT, SUB_ABORTED; never after the item was given.
   */
  wait(operation: Operation, needs?: number): Promise<T>
  /** Gives the item to the first in the queue that has time for it. False where nobody waits. */
  offer(item: T): boolean
  /** Sends everybody away. */
  dismiss(error: Error): void
}

/** Milliseconds: one timer for all, and no more often than this. */
const sweepInterval = 5
/** How many are told within one turn of the event loop. A crowd sent away at once would keep the served ones waiting. */
const batch = 8

export function createWaitQueue<T>(options: WaitQueueOptions): WaitQueue<T> {
  const { node, max, maxWaiting, patience, holders } = options
  // A Set keeps the order of arrival and lets anybody leave from the middle.
  const waiters = new Set<Waiter<T>>()
  const late: Waiter<T>[] = []
  let telling = false
  let timer: NodeJS.Timeout | undefined
  let timerDue = 0

  function leave(waiter: Waiter<T>): void {
    waiters.delete(waiter)
    if (waiter.onAbort !== undefined) waiter.operation.signal?.removeEventListener('abort', waiter.onAbort)
  }

  function sweepAt(due: number): void {
    if (timer !== undefined && timerDue <= due) return
    clearTimeout(timer)
    timerDue = due
    timer = afterReading(sweep, Math.max(due - performance.now(), sweepInterval))
  }

  function sweep(): void {
    timer = undefined
    const now = performance.now()
    let next = Number.POSITIVE_INFINITY
    for (const waiter of waiters) {
      if (waiter.due <= now) expire(waiter)
      else if (waiter.due < next) next = waiter.due
    }
    if (waiters.size > 0) sweepAt(next)
  }

  function expire(waiter: Waiter<T>): void {
    leave(waiter)
    late.push(waiter)
    if (telling) return
    telling = true
    setImmediate(tell)
  }

  function tell(): void {
    const held = holders()
    // Nobody would learn anything from a stack that begins at a timer, and a crowd pays for each.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    for (const waiter of late.splice(0, batch)) waiter.reject(lateError(waiter, held))
    Error.stackTraceLimit = stackTraceLimit
    telling = late.length > 0
    if (telling) setImmediate(tell)
  }

  function lateError({ operation, since }: Waiter<T>, held: readonly Holder[]): Error {
    const waited = performance.now() - since
    operation.timings.queue += waited
    const own = operation.deadline !== undefined && operation.deadline < since + patience
    if (own) return timedOut({ node, outcome: 'never sent', where: 'queue', holders: held })
    return poolTimeout({ node, waited, waiting: waiters.size + late.length + 1, max, holders: held })
  }

  function give(item: T, waiter: Waiter<T>, now: number): void {
    leave(waiter)
    waiter.operation.timings.queue += now - waiter.since
    waiter.resolve(item)
  }

  function abandon(waiter: Waiter<T>): void {
    leave(waiter)
    waiter.reject(aborted({ node, outcome: 'never sent' }, { cause: waiter.operation.signal?.reason }))
  }

  function wait(operation: Operation, needs = 0): Promise<T> {
    if (waiters.size >= maxWaiting) return Promise.reject(poolFull({ node, waiting: waiters.size, holders: holders() }))
    const { signal, deadline } = operation
    const since = performance.now()
    const due = deadline === undefined ? since + patience : Math.min(since + patience, deadline)
    // Never more than half of the time that the caller has: whoever has only just come is always worth serving.
    const bounded = deadline === undefined ? 0 : Math.min(needs, (deadline - since) / 2)
    return new Promise((resolve, reject) => {
      const onAbort = signal && (() => abandon(waiter))
      const waiter: Waiter<T> = { since, due, operation, needs: bounded, resolve, reject, onAbort }
      if (onAbort !== undefined) signal?.addEventListener('abort', onAbort)
      waiters.add(waiter)
      sweepAt(due)
    })
  }

  return {
    get length() {
      return waiters.size
    },
    wait,
    offer(item) {
      const now = performance.now()
      const hopeless: Waiter<T>[] = []
      for (const waiter of waiters) {
        if (waiter.due - now >= waiter.needs) {
          for (const passed of hopeless) expire(passed)
          give(item, waiter, now)
          return true
        }
        hopeless.push(waiter)
      }
      // Better a try that may come too late than a connection that nobody uses.
      const youngest = hopeless.at(-1)
      if (youngest === undefined) return false
      give(item, youngest, now)
      return true
    },
    dismiss(error) {
      for (const waiter of waiters) {
        leave(waiter)
        waiter.reject(error)
      }
    },
  }
}
