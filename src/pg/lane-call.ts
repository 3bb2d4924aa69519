import type { Operation } from '../core/operation.ts'
import { Call } from './call.ts'
import { afterReading } from './deadline.ts'
import { aborted, isDatabaseError, timedOut } from './errors.ts'
import type { StatementProfile } from './profile.ts'
import type { Statement } from './statement.ts'
import type { Unit } from './unit.ts'

/** One read on a lane. It may be sent a second time, where the lane that it was sent on stands still. */
export class LaneCall extends Call {
  readonly operation: Operation
  readonly statement: Statement
  readonly profile: StatementProfile
  private readonly node: string
  private pending = 0
  private timer: NodeJS.Timeout | undefined
  private onAbort: (() => void) | undefined

  constructor(node: string, operation: Operation, statement: Statement, profile: StatementProfile) {
    super()
    this.node = node
    this.operation = operation
    this.statement = statement
    this.profile = profile
    if (operation.deadline !== undefined || operation.signal !== undefined) this.watch(operation)
  }

  /** It was given to a connection. */
  submitted(): void {
    this.pending++
  }

  override settled(unit: Unit, failure: Error | undefined): void {
    this.pending--
    if (this.done) return
    // It was sent twice: what broke on one lane may still be answered on the other.
    if (failure !== undefined && this.pending > 0 && !isDatabaseError(failure)) return
    this.unwatch()
    super.settled(unit, failure)
  }

  /** The caller is let go at its deadline or when it aborts; the answer is then passed over, for it was only a read. */
  private watch({ deadline, signal }: Operation): void {
    const { node } = this
    if (deadline !== undefined) {
      const late = () => this.letGo(timedOut({ node, outcome: 'unknown', where: 'database' }))
      this.timer = afterReading(late, Math.max(deadline - performance.now(), 0))
    }
    if (signal === undefined) return
    this.onAbort = () => this.letGo(aborted({ node, outcome: 'unknown' }, { cause: signal.reason }))
    signal.addEventListener('abort', this.onAbort)
  }

  private letGo(error: Error): void {
    if (this.done) return
    this.unwatch()
    this.fail(error)
  }

  private unwatch(): void {
    if (this.timer !== undefined) clearTimeout(this.timer)
    if (this.onAbort !== undefined) this.operation.signal?.removeEventListener('abort', this.onAbort)
  }
}
