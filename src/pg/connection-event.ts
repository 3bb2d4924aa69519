import type { ConnectionEvent, Events } from '../core/events.ts'
import type { Connection } from './connection.ts'

export function tellGone(events: Events, connection: Connection, kind: ConnectionEvent['kind'], reason: Error): void {
  if (!events.listened('connection')) return
  const { node, id } = connection
  const change = reason.message === 'closed' ? 'closed' : 'lost'
  events.emit('connection', { node, connection: id, kind, change, reason: reason.message })
}
