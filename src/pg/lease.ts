import type { Events } from '../core/events.ts'
import { type Operation, operationLabel } from '../core/operation.ts'
import type { Connection } from './connection.ts'

/** A connection in somebody's hands. */
export interface Lease {
  readonly connection: Connection
  readonly operation: Operation
  readonly since: number
  /** Of whoever took it, where leaks are looked for. */
  readonly stack: string | undefined
  /** Its session is not as it was: it is closed when it comes back. */
  spoiled: boolean
}

export function warnOpenTransaction(events: Events, { connection, operation, stack }: Lease): void {
  if (!events.listened('warning')) return
  const { node } = connection
  const name = operationLabel(operation)
  events.emit('warning', {
    code: 'SUB_TRANSACTION_LEFT_OPEN',
    message: `${name} gave back its connection to ${node} with a transaction open; it was rolled back.`,
    details: { node, operation: name, stack },
  })
}

/** @param since milliseconds. */
export function warnLeak(events: Events, { connection, operation, stack }: Lease, since: number): void {
  if (!events.listened('warning')) return
  const { node } = connection
  const name = operationLabel(operation)
  events.emit('warning', {
    code: 'SUB_CONNECTION_LEAKED',
    message: `${name} has held a connection to ${node} for ${Math.round(since)} ms, taken ${stack ?? ''}`,
    details: { node, operation: name, since, stack },
  })
}
