/** `$on` as Prisma's users know it. */
import type { StatementEvent } from '../core/events.ts'
import type { Ground } from './ground.ts'

/**
 * Prisma's `query` event is made from our statement events, so that it tells of both paths; the others are Prisma's own.
 * Values stand in `params` only where the configuration shows them.
 */
export function onPrismaEvent(ground: Ground, event: string, listener: (event: unknown) => void): void {
  if (event !== 'query') {
    ground.prisma.$on(event, listener)
    return
  }
  ground.events.on('statement', (statement) => listener(queryEvent(statement)))
}

function queryEvent({ text, values, database, queue }: StatementEvent): object {
  return {
    timestamp: new Date(),
    query: text,
    params: values ? JSON.stringify(values) : '[]',
    duration: Math.round(queue + database),
    target: 'substrata',
  }
}
