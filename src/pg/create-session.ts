import { isSubstrataError } from '../core/errors.ts'
import type { StatementEvent } from '../core/events.ts'
import type { Operation } from '../core/operation.ts'
import { runStatement, runUnit } from './call.ts'
import { explainCancel, refuseLate } from './deadline.ts'
import { aborted, closed, isDatabaseError, isStaleStatement, type Outcome, transactionStatement } from './errors.ts'
import type { LaneCall } from './lane-call.ts'
import { createLanes } from './lanes.ts'
import type { Lease } from './lease.ts'
import { LeasedCall } from './leased-call.ts'
import { leavesBehind, maySetUnseen, mayTouch } from './left-behind.ts'
import { createOpener } from './opener.ts'
import { createPool } from './pool.ts'
import { createProfiles, expectedTime, noteTime, type StatementProfile } from './profile.ts'
import type { Session, SessionOptions, Transaction } from './session.ts'
import { createSettings } from './settings.ts'
import { shutDown } from './shut-down.ts'
import { literal } from './sql.ts'
import type { Result, Statement } from './statement.ts'
import { reportStatement } from './statement-event.ts'
import { openTransaction } from './transaction.ts'
import { createUnit } from './unit.ts'

/** Opens the minimum in the background; the first operations wait for their connections. */
export function createSession(options: SessionOptions): Session {
  const { node, connection: config, pool: limits, events, showValues = false } = options
  const always = options.context === 'always'
  const settingsOf = createSettings({
    always,
    readOnly: options.readOnly ?? false,
    queryTimeout: limits.queryTimeout,
  })
  const profiles = createProfiles()
  const opener = createOpener({ node, connection: config, pool: limits, events, withoutContext: always })
  const max = limits.maxConnections - limits.lanes
  const pool = createPool({ node, config: limits, max, opener, events })
  const lanes = createLanes({ node, config: limits, opener, events, settingsFor: settingsOf.stated, overflow })
  let closing: Promise<void> | undefined

  async function execute(operation: Operation, statement: Statement): Promise<Result> {
    operation.node = node
    const profile = profiles(statement.text)
    if (profile.control) throw transactionStatement({ command: profile.verb })
    for (let tries = 1; ; tries++) {
      if (closing !== undefined) throw closed({ node, outcome: 'never sent' })
      if (operation.deadline !== undefined || operation.signal !== undefined) refuseLate(node, operation)
      try {
        return await attempt(operation, statement, profile)
      } catch (error) {
        if (tries === 1 && isHarmlessToRepeat(error, operation, profile)) continue
        throw withCallersStack(explain(error, operation))
      }
    }
  }

  async function attempt(operation: Operation, statement: Statement, profile: StatementProfile): Promise<Result> {
    const queuedAt = performance.now()
    const joined =
      operation.kind === 'read' && lanes.suits(profile) ? lanes.run(operation, statement, profile) : undefined
    const shared = joined instanceof Promise ? await joined : joined
    const call = shared ?? (await startLeased(operation, statement, profile))
    const sentAt = performance.now()
    const via = shared === undefined ? 'dedicated' : 'lane'
    try {
      const result = await call.promise
      operation.timings.database += performance.now() - sentAt
      if (events.listened('statement')) report(via, operation, statement, queuedAt, sentAt, result, undefined)
      return result
    } catch (error) {
      operation.timings.database += performance.now() - sentAt
      if (events.listened('statement')) report(via, operation, statement, queuedAt, sentAt, undefined, error)
      throw error
    }
  }

  function report(
    via: StatementEvent['via'],
    operation: Operation,
    statement: Statement,
    queuedAt: number,
    sentAt: number,
    result: Result | undefined,
    error: unknown,
  ): void {
    const [queue, database] = [sentAt - queuedAt, performance.now() - sentAt]
    reportStatement(events, { node, operation, statement, via, queue, database, result, error, showValues })
  }

  async function startLeased(
    operation: Operation,
    statement: Statement,
    profile: StatementProfile,
  ): Promise<LeasedCall> {
    const lease = pool.take(operation) ?? (await waitForLease(operation, expectedTime(profile)))
    const { connection } = lease
    if (profile.taints) lease.spoiled = true
    // What cannot run inside a transaction block must stand alone under its Sync.
    const alone = !profile.atomic && operation.context === undefined
    const { settings, clears } = alone ? bare : settingsOf.onPool(operation, connection)
    const touches = mayTouch(operation)
    if (touches) connection.touched = true
    const call = new LeasedCall(lease, operation, opener, (unit) => {
      if (unit.completed) noteTime(profile, unit.serviceTime)
      if (clears && !touches && unit.completed && unit.error === undefined) connection.touched = false
      if (leavesBehind(profile, unit)) lease.spoiled = true
      pool.release(lease)
    })
    const { atomic } = profile
    const putsBack = always && atomic && maySetUnseen(operation, profile, connection)
    connection.submit(createUnit({ statement, settings, clears, putsBack, atomic, owner: call }))
    return call
  }

  async function waitForLease(operation: Operation, needs?: number): Promise<Lease> {
    const lease = await pool.acquire(operation, needs)
    if (operation.signal?.aborted !== true) return lease
    pool.release(lease)
    throw aborted({ node, outcome: 'never sent' }, { cause: operation.signal.reason })
  }

  /** A read whose lane stands still while all others do too. */
  function overflow(call: LaneCall): void {
    const { operation, statement } = call
    pool.acquire(operation).then(
      (lease) => {
        if (call.done) return pool.release(lease)
        call.submitted()
        const owner = {
          settled(unit: Parameters<LaneCall['settled']>[0], failure: Error | undefined) {
            pool.release(lease)
            call.settled(unit, failure)
          },
        }
        lease.connection.submit(createUnit({ statement, ...settingsOf.onPool(operation, lease.connection), owner }))
      },
      () => {},
    )
  }

  function explain(error: unknown, operation: Operation): unknown {
    if (closing !== undefined && isSubstrataError(error, 'SUB_CONNECTION_LOST') && 'outcome' in error.details)
      return closed({ node, outcome: error.details.outcome as Outcome }, { cause: error.cause })
    const explained = explainCancel(node, operation, limits.queryTimeout, error)
    // Nobody else's deadline or abort: it was stopped so that the session could close.
    return closing !== undefined && isDatabaseError(explained, '57014')
      ? closed({ node, outcome: 'failed' }, { cause: explained })
      : explained
  }

  async function lease<T>(operation: Operation, work: (lease: Lease) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw closed({ node, outcome: 'never sent' })
    refuseLate(node, operation)
    operation.node = node
    const held = pool.take(operation) ?? (await waitForLease(operation))
    try {
      return await work(held)
    } catch (error) {
      throw explain(error, operation)
    } finally {
      pool.release(held)
    }
  }

  /** For a connection that is closed afterwards: the whole session gets what a statement's transaction would. */
  async function dress({ connection }: Lease, operation: Operation): Promise<void> {
    const left = operation.deadline === undefined ? 0 : Math.max(1, Math.ceil(operation.deadline - performance.now()))
    const settings = [...(operation.context?.settings ?? []), ['statement_timeout', String(left)] as const]
    const calls = settings.map(([name, value]) => `set_config(${literal(name)}, ${literal(value)}, false)`)
    await runStatement(connection, `SELECT ${calls.join(', ')}`)
  }

  async function begin(operation: Operation, transactionOptions = {}): Promise<Transaction> {
    if (closing !== undefined) throw closed({ node, outcome: 'never sent' })
    refuseLate(node, operation)
    operation.node = node
    const held = pool.take(operation) ?? (await waitForLease(operation))
    held.connection.touched = true
    return openTransaction({
      node,
      lease: held,
      operation,
      options: options.readOnly ? { ...transactionOptions, readOnly: true } : transactionOptions,
      opener,
      settingsFor: settingsOf.whole,
      always,
      profiles,
      explain,
      report(of, statement, sentAt, result, error) {
        if (events.listened('statement')) report('transaction', of, statement, sentAt, sentAt, result, error)
      },
      release: () => pool.release(held),
    })
  }

  return {
    node,
    execute,
    script: (operation, text) =>
      lease(operation, async (held) => {
        held.spoiled = true
        await dress(held, operation)
        await runUnit(held.connection, { statement: { text, values: [] }, simple: true, atomic: false })
      }),
    begin,
    async transaction(operation, transactionOptions, body) {
      const tx = await begin(operation, transactionOptions)
      try {
        const value = await body(tx)
        await tx.commit()
        return value
      } catch (error) {
        await tx.rollback()
        throw error
      }
    },
    client: (operation, body) =>
      lease(operation, async (held) => {
        held.spoiled = true
        await dress(held, operation)
        return held.connection.lend(body)
      }),
    stats: () => ({
      node,
      pool: { max, open: pool.size, busy: pool.busy, waiting: pool.waiting },
      lanes: { max: limits.lanes, open: lanes.size, inFlight: lanes.inFlight, waiting: lanes.waiting },
    }),
    close: ({ deadline = 10_000 } = {}) => (closing ??= shutDown({ node, opener, parts: [lanes, pool] }, deadline)),
  }
}

const bare = { settings: undefined, clears: false }

/** A read, or what never left, or what the server did not even begin. */
function isHarmlessToRepeat(error: unknown, { kind }: Operation, { atomic }: StatementProfile): boolean {
  if (isDatabaseError(error)) return atomic && isStaleStatement(error)
  if (!isSubstrataError(error, 'SUB_CONNECTION_LOST')) return false
  return kind === 'read' || ('outcome' in error.details && error.details.outcome === 'never sent')
}

/** Made where the socket was read, an error knows nothing of who called. */
function withCallersStack(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error, withCallersStack)
  return error
}
