import type { Operation } from '../core/operation.ts'
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
  readonly operation: Operation
  /** Milliseconds that it will need once it is served; with less than that left it is not served at all. */
  readonly needs: number
  readonly resolve: (item: T) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
  readonly onAbort: (() => void) | undefined
}

/** Callers who wait for something, first come first served, each until its deadline. */
export interface WaitQueue<T> {
  readonly length: number
  /**
   * @param needs milliseconds that the caller expects to need afterwards. One whose deadline leaves less is sent away when
   * its turn comes: under overload, work that cannot end in time would take the place of work that can.
   * @throws SUB_POOL_FULL, SUB_POOL_TIMEOUT, SUB_TIMEOUT, SUB_ABORTED; never after the item was given.
   */
  wait(operation: Operation, needs?: number): Promise<T>
  /** Gives the item to the first in the queue. False where nobody waits. */
  offer(item: T): boolean
  /** Sends everybody away. */
  dismiss(error: Error): void
}

export function createWaitQueue<T>(options: WaitQueueOptions): WaitQueue<T> {
  const { node, max, maxWaiting, patience, holders } = options
  // A Set keeps the order of arrival and lets anybody leave from the middle.
  const waiters = new Set<Waiter<T>>()

  function leave(waiter: Waiter<T>): void {
    waiters.delete(waiter)
    clearTimeout(waiter.timer)
    if (waiter.onAbort !== undefined) waiter.operation.signal?.removeEventListener('abort', waiter.onAbort)
  }

  function expire(waiter: Waiter<T>): void {
    leave(waiter)
    const { operation, since } = waiter
    const waited = performance.now() - since
    operation.timings.queue += waited
    const cause = poolTimeout({ node, waited, waiting: waiters.size + 1, max, holders: holders() })
    const own = operation.deadline !== undefined && operation.deadline < since + patience
    waiter.reject(own ? timedOut({ node, outcome: 'never sent', where: 'queue' }, { cause }) : cause)
  }

  function wait(operation: Operation, needs = 0): Promise<T> {
    if (waiters.size >= maxWaiting) return Promise.reject(poolFull({ node, waiting: waiters.size, holders: holders() }))
    const { signal, deadline } = operation
    const since = performance.now()
    return new Promise((resolve, reject) => {
      const left = deadline === undefined ? patience : Math.min(patience, deadline - since)
      const onAbort = signal && (() => abandon(waiter))
      const timer = setTimeout(() => expire(waiter), Math.max(left, 0))
      // Never more than half of the time that the caller has: whoever has only just come is always worth serving.
      const bounded = deadline === undefined ? 0 : Math.min(needs, (deadline - since) / 2)
      const waiter: Waiter<T> = { since, operation, needs: bounded, resolve, reject, timer, onAbort }
      if (onAbort !== undefined) signal?.addEventListener('abort', onAbort)
      waiters.add(waiter)
    })
  }

  function abandon(waiter: Waiter<T>): void {
    leave(waiter)
    waiter.reject(aborted({ node, outcome: 'never sent' }, { cause: waiter.operation.signal?.reason }))
  }

  return {
    get length() {
      return waiters.size
    },
    wait,
    offer(item) {
      const now = performance.now()
      for (const waiter of waiters) {
        const { deadline, timings } = waiter.operation
        if (deadline !== undefined && deadline - now < waiter.needs) {
          expire(waiter)
          continue
        }
        leave(waiter)
        timings.queue += now - waiter.since
        waiter.resolve(item)
        return true
      }
      return false
    },
    dismiss(error) {
      for (const waiter of [...waiters]) {
        leave(waiter)
        waiter.reject(error)
      }
    },
  }
}
