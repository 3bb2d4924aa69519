import { sameContext } from '../core/context.ts'
import { type Operation, operationLabel } from '../core/operation.ts'
import { runStatement, runUnit } from './call.ts'
import { isPast, refuseLate } from './deadline.ts'
import {
  connectionLost,
  contextMixed,
  transactionFailed,
  transactionOver,
  transactionStatement,
  transactionTimeout,
} from './errors.ts'
import type { Lease } from './lease.ts'
import { LeasedCall } from './leased-call.ts'
import { leavesBehind, maySetUnseen } from './left-behind.ts'
import type { Opener } from './opener.ts'
import type { StatementProfile } from './profile.ts'
import type { Transaction, TransactionOptions } from './session.ts'
import type { SettingsFor } from './settings.ts'
import { identifier } from './sql.ts'
import type { Result, Statement } from './statement.ts'
import { createUnit, type Unit } from './unit.ts'

export interface TransactionParts {
  readonly node: string
  readonly lease: Lease
  readonly operation: Operation
  readonly options: TransactionOptions
  readonly opener: Opener
  readonly settingsFor: SettingsFor
  /** Every statement carries a context, so that nothing may be left behind that raw SQL has set. */
  readonly always: boolean
  readonly profiles: (text: string) => StatementProfile
  /** Turns what a statement failed with into what its caller is told. */
  readonly explain: (error: unknown, operation: Operation) => unknown
  /** Tells those who listen of a statement. */
  readonly report: (
    operation: Operation,
    statement: Statement,
    sentAt: number,
    result: Result | undefined,
    error: unknown,
  ) => void
  readonly release: () => void
}

/**
 * BEGIN is not sent by itself: it goes out with the context and the first statement under one Sync. Were it a message of
 * its own and failed, the statements behind it would run, and commit, outside any transaction.
 */
export function openTransaction(parts: TransactionParts): Transaction {
  const { node, lease, operation, options, opener, settingsFor, profiles, explain } = parts
  const { connection } = lease
  let state: Transaction['state'] = 'open'
  let begun = false
  let turn: Promise<unknown> = Promise.resolve()
  let queued = 0
  let timed = false
  /** Raw SQL in it has called functions. */
  let unseen = false
  /** Why it was ended while its caller may still have been at it. */
  let stopped: Error | undefined
  /** What became of it when its connection broke. */
  let broken: unknown
  let lastSavepoint = 0
  const timer =
    options.timeout === undefined ? undefined : setTimeout(() => expire(options.timeout ?? 0), options.timeout).unref()

  function overError(): unknown {
    return stopped ?? broken ?? transactionOver({ node, state })
  }

  /** Until one statement has opened the transaction, the others wait in a row; then they are sent as they come. */
  async function run(text: string | Statement, of: Operation, bare: boolean): Promise<Result> {
    if (begun && queued === 0) return perform(text, of, bare)
    queued++
    const mine = turn.then(() => perform(text, of, bare)).finally(() => queued--)
    turn = mine.catch(() => {})
    return mine
  }

  async function perform(text: string | Statement, of: Operation, bare: boolean): Promise<Result> {
    if (!isLive()) throw overError()
    refuseLate(node, of)
    of.node = node
    const statement = typeof text === 'string' ? { text, values: [], reusable: false } : text
    const sentAt = performance.now()
    try {
      const result = await send(statement, of, bare)
      parts.report(of, statement, sentAt, result, undefined)
      return result
    } catch (error) {
      parts.report(of, statement, sentAt, undefined, error)
      throw stopped ?? explain(error, of)
    }
  }

  function send(statement: Statement, of: Operation, bare: boolean): Promise<Result> {
    timed ||= of.deadline !== undefined
    unseen ||= parts.always && maySetUnseen(of, profiles(statement.text), connection)
    const before = begun ? undefined : beginText(options)
    // In a failed transaction only ROLLBACK TO is heard, and settings in front of it would not be.
    const settings = bare && begun ? undefined : settingsFor({ ...of, context: operation.context }, connection, timed)
    const sentAt = performance.now()
    const call = new LeasedCall(lease, of, opener, (unit) => {
      of.timings.database += performance.now() - sentAt
      settled(unit)
    })
    connection.submit(createUnit({ statement, settings, before, held: true, owner: call }))
    return call.promise
  }

  function settled(unit: Unit): void {
    if (leavesBehind(profiles(unit.statement.text), unit)) lease.spoiled = true
    if (connection.lost === undefined && !unit.sent) return
    if (connection.lost !== undefined)
      broken ??= explain(connectionLost({ node, outcome: 'failed' }, { cause: connection.lost }), operation)
    // BEGIN itself failed, or the connection broke, or a procedure ended the transaction.
    if (connection.lost !== undefined || connection.status === 'I') {
      over('rolledBack')
      return
    }
    begun = true
    if (isLive()) state = connection.status === 'E' ? 'failed' : 'open'
  }

  function isLive(): boolean {
    return state === 'open' || state === 'failed'
  }

  function finish(how: 'committed' | 'rolledBack'): void {
    if (isLive()) state = how
    clearTimeout(timer)
  }

  function over(how: 'committed' | 'rolledBack'): void {
    finish(how)
    parts.release()
  }

  function expire(timeout: number): void {
    if (isLive()) stop(transactionTimeout({ node, timeout })).catch(() => {})
  }

  /** Ends it on the server, if need be by force, and gives the connection back; what is under way is told the reason. */
  async function stop(reason: Error = transactionOver({ node, state: 'rolledBack' })): Promise<void> {
    stopped = reason
    finish('rolledBack')
    if (connection.lost === undefined && connection.inFlight.length > 0) {
      lease.spoiled = true
      await opener.cancel(connection)
      connection.destroy(reason)
    } else if (begun && connection.lost === undefined) {
      await runStatement(connection, 'ROLLBACK').catch((error: Error) => connection.destroy(error))
    }
    parts.release()
  }

  async function commit(): Promise<void> {
    if (!isLive()) throw overError()
    if (operation.signal?.aborted || isPast(operation)) await stop()
    refuseLate(node, operation, 'failed')
    if (!begun) return over('committed')
    clearTimeout(timer)
    // A rollback undoes it by itself: in a failed transaction this fails too.
    if (unseen) runUnit(connection, { ...nothing, settings: settingsFor(operation, connection) }).catch(() => {})
    const call = new LeasedCall(lease, operation, opener)
    connection.submit(createUnit({ statement: { text: 'COMMIT', values: [], reusable: false }, owner: call }))
    try {
      const { command } = await call.promise
      if (command !== 'COMMIT') throw transactionFailed({ node })
      over('committed')
    } catch (error) {
      over('rolledBack')
      throw explain(error, operation)
    }
  }

  async function command(text: string): Promise<void> {
    await run(text, operation, true)
  }

  const transaction: Transaction = {
    get state() {
      return state
    },
    async execute(statement, of = operation) {
      const { control, savepoint, verb } = profiles(statement.text)
      if (control && !savepoint) throw transactionStatement({ command: verb })
      if (of.context !== undefined && !sameContext(of.context, operation.context))
        throw contextMixed({ operation: operationLabel(of) })
      return run(statement, of, control)
    },
    async script(text) {
      if (!begun) await command('SELECT 1')
      if (!isLive()) throw overError()
      const call = new LeasedCall(lease, operation, opener, settled)
      connection.submit(createUnit({ statement: { text, values: [] }, simple: true, held: true, owner: call }))
      try {
        await call.promise
      } catch (error) {
        throw stopped ?? explain(error, operation)
      }
    },
    commit,
    rollback: () => (isLive() ? stop() : Promise.resolve()),
    savepoint: (name) => command(`SAVEPOINT ${identifier(name)}`),
    rollbackTo: (name) => command(`ROLLBACK TO SAVEPOINT ${identifier(name)}`),
    release: (name) => command(`RELEASE SAVEPOINT ${identifier(name)}`),
    async nested(body) {
      const name = `sub_${++lastSavepoint}`
      await transaction.savepoint(name)
      try {
        const value = await body(transaction)
        await transaction.release(name)
        return value
      } catch (error) {
        if (isLive()) await transaction.rollbackTo(name).catch(() => {})
        throw error
      }
    },
  }
  return transaction
}

/** No statement, for what a unit does beside it. */
const nothing = { statement: { text: '', values: [], reusable: false }, putsBack: true, held: true } as const

function beginText({ isolation, readOnly, deferrable }: TransactionOptions): string {
  const words = ['BEGIN']
  if (isolation !== undefined) words.push(`ISOLATION LEVEL ${isolationWords[isolation]}`)
  if (readOnly !== undefined) words.push(readOnly ? 'READ ONLY' : 'READ WRITE')
  if (deferrable) words.push('DEFERRABLE')
  return words.join(' ')
}

const isolationWords = {
  'read uncommitted': 'READ UNCOMMITTED',
  'read committed': 'READ COMMITTED',
  'repeatable read': 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
} as const satisfies Record<NonNullable<TransactionOptions['isolation']>, string>
