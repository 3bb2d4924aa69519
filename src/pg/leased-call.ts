import { setTimeout as sleep } from 'node:timers/promises'
import type { Operation } from '../core/operation.ts'
import { Call } from './call.ts'
import { afterReading } from './deadline.ts'
import { aborted, timedOut } from './errors.ts'
import type { Lease } from './lease.ts'
import type { Opener } from './opener.ts'
import type { Unit } from './unit.ts'

/** How long after its deadline a caller still waits for the server to say what became of the statement, in ms. */
const grace = 25
/** How long the server may take to answer after it was asked to stop, in ms; then the connection is destroyed. */
const cancelPatience = 2_000
/** A request that comes before the statement has arrived stops nothing, so it is repeated after so many milliseconds. */
const cancelInterval = 50

/**
 * A statement on a connection of its own, where it can be cancelled. The server stops it at its deadline by itself
 * (`statement_timeout`); an abort asks it to, and waits for what it says, so that the caller learns whether a write was
 * done. Either way a connection that was sent a cancel serves nobody else.
 */
export class LeasedCall extends Call {
  private readonly operation: Operation
  private readonly lease: Lease
  private readonly opener: Opener
  private readonly onSettled: ((unit: Unit) => void) | undefined
  private readonly onAbort: (() => void) | undefined
  private lateTimer: NodeJS.Timeout | undefined
  private cancelling: Promise<void> | undefined
  private answered = false

  constructor(lease: Lease, operation: Operation, opener: Opener, onSettled?: (unit: Unit) => void) {
    super()
    this.lease = lease
    this.operation = operation
    this.opener = opener
    this.onSettled = onSettled
    const { deadline, signal } = operation
    if (deadline !== undefined)
      this.lateTimer = afterReading(() => this.giveUp(), Math.max(deadline - performance.now() + grace, grace))
    if (signal !== undefined) {
      this.onAbort = () => this.cancel()
      signal.addEventListener('abort', this.onAbort)
    }
  }

  override settled(unit: Unit, failure: Error | undefined): void {
    this.answered = true
    clearTimeout(this.lateTimer)
    if (this.onAbort !== undefined) this.operation.signal?.removeEventListener('abort', this.onAbort)
    if (this.cancelling === undefined) this.tell(unit, failure)
    // A cancel still on its way would hit whatever the transaction sends next.
    else void this.cancelling.then(() => this.tell(unit, failure))
  }

  private tell(unit: Unit, failure: Error | undefined): void {
    this.onSettled?.(unit)
    if (!this.done) super.settled(unit, failure)
  }

  /** The server has neither answered nor stopped in time. */
  private giveUp(): void {
    if (this.answered) return
    const { node } = this.lease.connection
    this.fail(timedOut({ node, outcome: 'unknown', where: 'database' }))
    this.cancel()
  }

  private cancel(): void {
    this.lease.spoiled = true
    this.cancelling ??= this.cancelUntilAnswered()
  }

  private async cancelUntilAnswered(): Promise<void> {
    const { connection } = this.lease
    const end = performance.now() + cancelPatience
    while (!this.answered && performance.now() < end) {
      await this.opener.cancel(connection)
      if (!this.answered) await sleep(cancelInterval)
    }
    if (this.answered) return
    const { node } = connection
    if (!this.done) this.fail(aborted({ node, outcome: 'unknown' }, { cause: this.operation.signal?.reason }))
    connection.destroy(new Error('no answer to a cancel request'))
  }
}
