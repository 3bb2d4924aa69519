import { emptySettings, type Setting } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { Connection } from './connection.ts'

export interface SettingsOptions {
  /** Send a context with every statement, an empty one where there is none. */
  readonly always: boolean
  readonly readOnly: boolean
  /** Milliseconds; what the session was started with, 0 for none. */
  readonly queryTimeout: number
}

/**
 * What a statement's transaction is told before it: who asks, and how long it may take. Undefined where there is nothing
 * to say.
 *
 * @param timed a timeout was set earlier in the same transaction, so one has to be set again.
 */
export type SettingsFor = (
  operation: Operation,
  connection: Connection,
  timed?: boolean,
) => readonly Setting[] | undefined

const readOnlySetting: Setting = ['transaction_read_only', 'on']

export function createSettings({ always, readOnly, queryTimeout }: SettingsOptions): SettingsFor {
  /** The server stops exactly this statement, wherever it runs; a cancel from outside could hit the next one. */
  function timeoutOf(operation: Operation, forced: boolean): Setting | undefined {
    const { deadline } = operation
    if (deadline === undefined) return forced ? ['statement_timeout', String(queryTimeout)] : undefined
    const left = Math.max(1, Math.ceil(deadline - performance.now()))
    return ['statement_timeout', String(queryTimeout > 0 ? Math.min(left, queryTimeout) : left)]
  }

  return (operation, connection, timed = false) => {
    const context = operation.context?.settings ?? (always || connection.contextual ? emptySettings : undefined)
    const timeout = timeoutOf(operation, timed || connection.pooled)
    if (timeout === undefined && !readOnly) return context
    const settings: Setting[] = context === undefined ? [] : [...context]
    if (timeout !== undefined) settings.push(timeout)
    if (readOnly) settings.push(readOnlySetting)
    return settings
  }
}
