/** What happens, written to a logger: statements where the configuration says so, slow ones and warnings always. */
import type { DatabaseConfig } from '../core/config.ts'
import type { ConnectionEvent, Events, StatementEvent, WarningEvent } from '../core/events.ts'

/** As pino and most others have it: fields first, then a message. */
export interface Logger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Values of parameters are in no line unless the configuration's `showValues` is set. */
export function writeLog(events: Events, logger: Logger, { logging, slowQuery }: DatabaseConfig): void {
  events.on('statement', (event) => {
    const slow = event.queue + event.database >= slowQuery
    if (slow) logger.warn(statementFields(event), 'slow statement')
    else if (logging) logger.debug(statementFields(event), 'statement')
  })
  events.on('warning', ({ code, message, details }: WarningEvent) => logger.warn({ code, ...details }, message))
  events.on('connection', (event: ConnectionEvent) => {
    if (event.change === 'lost' || event.change === 'refused') logger.warn({ ...event }, `connection ${event.change}`)
  })
}

function statementFields({ queue, database, ...event }: StatementEvent): object {
  return { ...event, queue: tenths(queue), database: tenths(database) }
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
