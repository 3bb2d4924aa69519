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

export interface Settings {
  /** Overwrites every part of a context, whatever somebody's SQL has left in the session or the transaction. */
  readonly whole: SettingsFor
  /**
   * For connections on which nobody's own SQL ever runs: the session is as it was started, without a context, and what
   * transactions set has ended with them. Only what differs has to be said, which costs a third of saying it all.
   */
  readonly onLane: SettingsFor
}

const readOnlySetting: Setting = ['transaction_read_only', 'on']

export function createSettings({ always, readOnly, queryTimeout }: SettingsOptions): Settings {
  /** The server stops exactly this statement, wherever it runs; a cancel from outside could hit the next one. */
  function timeoutOf(operation: Operation, forced: boolean): Setting | undefined {
    const { deadline } = operation
    if (deadline === undefined) return forced ? ['statement_timeout', String(queryTimeout)] : undefined
    const left = Math.max(1, Math.ceil(deadline - performance.now()))
    return ['statement_timeout', String(queryTimeout > 0 ? Math.min(left, queryTimeout) : left)]
  }

  function withTimeout(context: readonly Setting[] | undefined, timeout: Setting | undefined) {
    if (timeout === undefined && !readOnly) return context
    const settings: Setting[] = context === undefined ? [] : [...context]
    if (timeout !== undefined) settings.push(timeout)
    if (readOnly) settings.push(readOnlySetting)
    return settings
  }

  const whole: SettingsFor = (operation, connection, timed = false) => {
    const context = operation.context?.settings ?? (always || connection.contextual ? emptySettings : undefined)
    return withTimeout(context, timeoutOf(operation, timed || connection.pooled))
  }

  const onLane: SettingsFor = (operation, connection) => {
    // Only sessions that always carry contexts are started without one; behind a pooler others' SQL runs there.
    if (!always || connection.pooled) return whole(operation, connection)
    const stated = operation.context?.stated
    return withTimeout(stated?.length === 0 ? undefined : stated, timeoutOf(operation, false))
  }

  return { whole, onLane }
}
