import type { BackendMessage, FrontendMessage, Message } from './messages.ts'

export type Direction = 'toServer' | 'toClient'

/** A place in the conversation: before or after the nth message of a kind, on whichever connection it passes. */
export type FaultPoint = {
  /** Default: `before`, and the message does not pass. */
  readonly when?: 'before' | 'after'
  /** Counted from when the fault is set; default 1. */
  readonly nth?: number
  /** Counts only messages whose text matches; the SQL stands in `Query` and `Parse`. */
  readonly matching?: RegExp
} & (
  | { readonly direction: 'toServer'; readonly message: FrontendMessage }
  | { readonly direction: 'toClient'; readonly message: BackendMessage }
)

/** A fault that was set. */
export interface Fault {
  /**
   * Settles when the fault has struck. Rejects with SUB_FAULT_NOT_REACHED when it was lifted, or the proxy closed, before.
   */
  readonly happened: Promise<void>
  /** Ends it: what was stalled flows on; what has not happened will not. */
  lift(): void
}

/** Says of each message whether it is the one; true once. */
export function createTrap(point: FaultPoint): (direction: Direction, message: Message) => boolean {
  let left = point.nth ?? 1
  return (direction, message) => {
    if (left === 0 || direction !== point.direction || message.name !== point.message) return false
    if (point.matching && message.bytes.toString('utf8').search(point.matching) < 0) return false
    left -= 1
    return left === 0
  }
}
