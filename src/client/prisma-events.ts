/** `$on` as Prisma's users know it. */
import type { StatementEvent } from '../core/events.ts'
import type { Ground } from './ground.ts'

/** As Prisma's own. */
export interface QueryEvent {
  readonly timestamp: Date
  readonly query: string
  /** A JSON array; empty unless the configuration's `showValues` is set. */
  readonly params: string
  /** Milliseconds. */
  readonly duration: number
  readonly target: string
}

/** As Prisma's own. */
export interface LogEvent {
  readonly timestamp: Date
  readonly message: string
  readonly target: string
}

/**
 * Prisma's `query` event is made from our statement events, so that it tells of both paths; the others are Prisma's own.
 */
export function onPrismaEvent(ground: Ground, event: string, listener: (event: unknown) => void): void {
  if (event === 'query') ground.events.on('statement', (statement) => listener(queryEvent(statement)))
  else ground.prisma.$on(event, listener)
}

function queryEvent({ text, values, database, queue }: StatementEvent): QueryEvent {
  const duration = queue + database
  return {
    timestamp: new Date(Date.now() - duration),
    query: text,
    params: JSON.stringify(values ?? []),
    duration: Math.round(duration),
    target: 'substrata',
  }
}
