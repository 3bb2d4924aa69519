import type { PoolConfig } from '../core/config.ts'
import type { Events } from '../core/events.ts'
import { type Operation, operationLabel } from '../core/operation.ts'
import { runStatement } from './call.ts'
import type { Connection } from './connection.ts'
import { tellGone } from './connection-event.ts'
import { closed, connectionLost, type Holder } from './errors.ts'
import { type Lease, warnLeak, warnOpenTransaction } from './lease.ts'
import { checkAlive, destroyStuck, longSilence, maintained } from './liveness.ts'
import type { Opener } from './opener.ts'
import { createWaitQueue } from './wait-queue.ts'

export interface PoolOptions {
  readonly node: string
  readonly config: PoolConfig
  /** How many connections at most; the rest of maxConnections are lanes. */
  readonly max: number
  readonly opener: Opener
  readonly events: Events
}

/** Connections that one caller at a time has for itself. */
export interface Pool {
  readonly size: number
  readonly idle: number
  readonly busy: number
  readonly waiting: number
  /** An idle connection at once, or undefined: then {@link acquire} waits for one. */
  take(operation: Operation): Lease | undefined
  /** @param needs see {@link createWaitQueue}. */
  acquire(operation: Operation, needs?: number): Promise<Lease>
  release(lease: Lease): void
  /** Those that somebody has. */
  connections(): Connection[]
  /** No new callers from here on; those that wait are still served. */
  stop(): void
  /** Sends away those that wait. */
  dismiss(error: Error): void
  /** Resolves when the last lease is back and every connection is closed. */
  drained(): Promise<void>
}

const maintenanceInterval = 1_000
const retryDelay = 250

export function createPool({ node, config, max, opener, events }: PoolOptions): Pool {
  const idle: Connection[] = []
  const leases = new Set<Lease>()
  const expiry = new WeakMap<Connection, number>()
  const reported = new WeakSet<Lease>()
  let open = 0
  let opening = 0
  let stopped = false
  let onEmpty: (() => void) | undefined
  let retryTimer: NodeJS.Timeout | undefined

  const queue = createWaitQueue<Connection>({
    node,
    max,
    maxWaiting: config.maxWaiting,
    patience: config.acquireTimeout,
    holders,
  })
  const maintenance = maintained(maintain, maintenanceInterval)
  fill()

  function holders(): Holder[] {
    const now = performance.now()
    return [...leases]
      .map(({ operation, since }) => ({ operation: operationLabel(operation), since: now - since }))
      .sort((a, b) => b.since - a.since)
  }

  function takerStack(): string | undefined {
    return config.leakThreshold > 0 ? new Error('taken here').stack : undefined
  }

  function lend(connection: Connection, operation: Operation, stack = takerStack()): Lease {
    const lease: Lease = { connection, operation, since: performance.now(), stack, spoiled: false }
    leases.add(lease)
    return lease
  }

  /** The one used last is taken first, so that those above what is needed grow idle and are closed. */
  function take(operation: Operation): Lease | undefined {
    if (stopped || queue.length > 0) return undefined
    for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
      if (connection.lost !== undefined) continue
      if (performance.now() - connection.lastHeard < longSilence) return lend(connection, operation)
      // The caller waits in the queue; the check gives it the connection, or makes room for another.
      examine(connection)
      return undefined
    }
    return undefined
  }

  function fill(): void {
    if (stopped) return
    while (open + opening < Math.min(config.minConnections, max)) openOne()
  }

  /** As many are being opened as callers wait for one, up to the maximum. */
  function grow(): void {
    // After a failure those that are open have to do until the next try.
    if (retryTimer !== undefined && open > 0) return
    while (open + opening < max && opening < queue.length) openOne()
  }

  function openOne(): void {
    opening++
    opener.open('dedicated').then(admit, refuse)
  }

  function admit(connection: Connection): void {
    opening--
    open++
    connection.onLost = (reason) => forget(connection, reason)
    if (connection.lost !== undefined) {
      forget(connection, connection.lost)
      return
    }
    const { maxLifetime } = config
    if (maxLifetime > 0) expiry.set(connection, connection.openedAt + maxLifetime * (1 - Math.random() / 10))
    offer(connection)
  }

  /**
   * While some are open they serve the callers, if more slowly; where there is none, waiting any longer would only hide
   * that the server cannot be reached or lets nobody in.
   */
  function refuse(error: Error): void {
    opening--
    if (open === 0) queue.dismiss(error)
    retryTimer ??= setTimeout(() => {
      retryTimer = undefined
      fill()
      grow()
    }, retryDelay).unref()
    emptied()
  }

  function forget(connection: Connection, reason: Error): void {
    open--
    takeOut(connection)
    tellGone(events, connection, 'dedicated', reason)
    grow()
    emptied()
  }

  function offer(connection: Connection): void {
    if (queue.offer(connection)) return
    if (stopped) retire(connection)
    else idle.push(connection)
  }

  function retire(connection: Connection): void {
    connection.close().catch(() => {})
  }

  function release(lease: Lease): void {
    if (!leases.delete(lease)) return
    const { connection } = lease
    connection.lastUsed = performance.now()
    if (connection.lost !== undefined) {
      emptied()
      return
    }
    const openTransaction = connection.status !== 'I'
    if (openTransaction) warnOpenTransaction(events, lease)
    const old = performance.now() > (expiry.get(connection) ?? Number.POSITIVE_INFINITY)
    if (lease.spoiled || old) retire(connection)
    else if (connection.inFlight.length > 0) connection.destroy(connectionLost({ node, outcome: 'unknown' }))
    else if (openTransaction) rollBack(connection)
    else offer(connection)
  }

  function rollBack(connection: Connection): void {
    runStatement(connection, 'ROLLBACK').then(
      () => offer(connection),
      () => retire(connection),
    )
  }

  function maintain(): void {
    if (stopped) return
    const now = performance.now()
    let spare = config.idleTimeout > 0 ? open - config.minConnections : 0
    for (const connection of [...idle]) {
      const old = now > (expiry.get(connection) ?? now)
      if (old || (spare > 0 && now - connection.lastUsed > config.idleTimeout)) {
        spare--
        takeOut(connection)
        retire(connection)
      } else if (now - connection.lastHeard > longSilence) {
        takeOut(connection)
        examine(connection)
      }
    }
    for (const lease of leases) watch(lease, now)
    fill()
  }

  function takeOut(connection: Connection): void {
    const at = idle.indexOf(connection)
    if (at !== -1) idle.splice(at, 1)
  }

  function examine(connection: Connection): void {
    checkAlive(connection).then(
      () => offer(connection),
      () => {},
    )
  }

  function watch(lease: Lease, now: number): void {
    const { connection, since } = lease
    destroyStuck(connection, config.queryTimeout, now)
    if (config.leakThreshold === 0 || now - since < config.leakThreshold || reported.has(lease)) return
    reported.add(lease)
    warnLeak(events, lease, now - since)
  }

  /** When the last one is gone after {@link Pool.stop}. */
  function emptied(): void {
    if (stopped && open === 0 && opening === 0 && leases.size === 0 && queue.length === 0) onEmpty?.()
  }

  return {
    get size() {
      return open
    },
    get idle() {
      return idle.length
    },
    get busy() {
      return leases.size
    },
    get waiting() {
      return queue.length
    },
    take,
    async acquire(operation, needs) {
      if (stopped) throw closed({ node, outcome: 'never sent' })
      const ready = take(operation)
      if (ready !== undefined) return ready
      const stack = takerStack()
      const waiting = queue.wait(operation, needs)
      grow()
      return lend(await waiting, operation, stack)
    },
    release,
    connections: () => [...leases].map(({ connection }) => connection),
    dismiss: (error) => queue.dismiss(error),
    stop() {
      if (stopped) return
      stopped = true
      clearInterval(maintenance)
      clearTimeout(retryTimer)
      for (const connection of idle.splice(0)) retire(connection)
    },
    drained() {
      return new Promise((resolve) => {
        onEmpty = resolve
        emptied()
      })
    },
  }
}
