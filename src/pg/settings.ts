import { emptySettings, type Setting } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { Connection } from './connection.ts'
import type { Unit } from './unit.ts'

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
   * Where the session is as it was started, without a context, and what transactions set has ended with them: only what
   * differs has to be said, which costs a third of saying it all.
   */
  readonly stated: SettingsFor
  /**
   * For the connections of a pool, where a write's triggers may have left a context in the session: whoever comes next clears
   * it, and from then on only what differs has to be said.
   */
  readonly onPool: (operation: Operation, connection: Connection) => Pick<Unit, 'settings' | 'clears'>
}

const nothing: readonly Setting[] = []

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

  const stated: SettingsFor = (operation, connection) => {
    // Only sessions that always carry contexts are started without one; behind a pooler others' SQL runs there.
    if (!always || connection.pooled) return whole(operation, connection)
    const context = operation.context?.stated
    return withTimeout(context?.length === 0 ? undefined : context, timeoutOf(operation, false))
  }

  const onPool: Settings['onPool'] = (operation, connection) => {
    if (!always || connection.pooled || operation.model === undefined)
      return { settings: whole(operation, connection), clears: false }
    const { touched: clears } = connection
    return { settings: stated(operation, connection) ?? (clears ? nothing : undefined), clears }
  }

  return { whole, stated, onPool }
}
