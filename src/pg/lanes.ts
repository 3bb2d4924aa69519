import type { PoolConfig } from '../core/config.ts'
import type { Events } from '../core/events.ts'
import { type Operation, operationLabel } from '../core/operation.ts'
import { Call } from './call.ts'
import type { Connection } from './connection.ts'
import { aborted, closed, type Holder, isDatabaseError, timedOut } from './errors.ts'
import type { Opener } from './opener.ts'
import { isStuck } from './pool.ts'
import { noteTime, type StatementProfile } from './profile.ts'
import type { SettingsFor } from './settings.ts'
import type { Statement } from './statement.ts'
import { createUnit, type Unit } from './unit.ts'
import { createWaitQueue } from './wait-queue.ts'

export interface LanesOptions {
  readonly node: string
  readonly config: PoolConfig
  readonly opener: Opener
  readonly events: Events
  readonly settingsFor: SettingsFor
  /** Runs a call on a connection of its own. */
  readonly overflow: (call: LaneCall) => void
}

/** Few connections that many reads share, each behind the other, each a unit of its own. */
export interface Lanes {
  readonly size: number
  readonly inFlight: number
  readonly waiting: number
  /** False for a statement that would make strangers wait. */
  suits(profile: StatementProfile): boolean
  /** Undefined where every lane stands still: the caller then uses a connection of its own. */
  run(operation: Operation, statement: Statement, profile: StatementProfile): Promise<LaneCall> | LaneCall | undefined
  connections(): Connection[]
  /** No new callers from here on; those that wait are still served. */
  stop(): void
  /** Sends away those that wait. */
  dismiss(error: Error): void
  drained(): Promise<void>
}

interface Lane {
  readonly connection: Connection
  readonly expires: number
  /** The mean times of what is in flight, in milliseconds: how long a newcomer would wait. */
  work: number
  /** Given to callers who have not yet sent. */
  promised: number
  /** The statement at its head takes long; nothing more is put behind it. */
  stalled: boolean
  closing: boolean
}

/** Statements that take longer than this, in milliseconds, get a connection of their own. */
const slow = 10
/** A lane whose head has run for this long, in milliseconds, stands still: those behind it are sent elsewhere. */
const stall = 25
const tick = 10
/** Milliseconds of work on every lane from which another lane is opened. */
const busy = 1
const maintenanceInterval = 1_000

/** One read on a lane. It may be sent a second time, where the lane that it was sent on stands still. */
export class LaneCall extends Call {
  readonly operation: Operation
  readonly statement: Statement
  readonly profile: StatementProfile
  queuedAt = performance.now()
  sentAt = 0
  private pending = 0
  private readonly node: string
  private timer: NodeJS.Timeout | undefined
  private onAbort: (() => void) | undefined

  constructor(node: string, operation: Operation, statement: Statement, profile: StatementProfile) {
    super()
    this.node = node
    this.operation = operation
    this.statement = statement
    this.profile = profile
  }

  /** The caller is let go at its deadline or when it aborts; the answer is then passed over, for it was only a read. */
  watch(): void {
    const { signal, deadline } = this.operation
    if (deadline !== undefined) {
      const late = () => this.fail(timedOut({ node: this.node, outcome: 'unknown', where: 'database' }))
      this.timer = setTimeout(late, Math.max(deadline - performance.now(), 0))
    }
    if (signal !== undefined) {
      this.onAbort = () => this.fail(aborted({ node: this.node, outcome: 'unknown' }, { cause: signal.reason }))
      signal.addEventListener('abort', this.onAbort)
    }
  }

  submitted(): void {
    this.pending++
    this.sentAt = performance.now()
  }

  override settled(unit: Unit, failure: Error | undefined): void {
    this.pending--
    if (this.done) return
    // It was sent twice: what broke on one lane may still be answered on the other.
    if (failure !== undefined && this.pending > 0 && !isDatabaseError(failure)) return
    super.settled(unit, failure)
    this.unwatch()
  }

  override fail(error: Error): void {
    if (this.done) return
    super.fail(error)
    this.unwatch()
  }

  private unwatch(): void {
    if (this.timer !== undefined) clearTimeout(this.timer)
    if (this.onAbort !== undefined) this.operation.signal?.removeEventListener('abort', this.onAbort)
  }
}

export function createLanes({ node, config, opener, events, settingsFor, overflow }: LanesOptions): Lanes {
  const lanes: Lane[] = []
  const max = config.lanes
  let opening = 0
  let stopped = false
  let ticking = false
  let onEmpty: (() => void) | undefined

  const queue = createWaitQueue<Lane>({
    node,
    max,
    maxWaiting: config.maxWaiting,
    patience: config.acquireTimeout,
    holders: () => lanes.map(({ connection }) => holderOf(connection)),
  })
  const maintenance = setInterval(maintain, maintenanceInterval).unref()

  /** The one with the least to do. */
  function pick(): Lane | undefined {
    let best: Lane | undefined
    for (const lane of lanes) {
      if (!hasRoom(lane)) continue
      if (best === undefined || isLess(lane, best)) best = lane
    }
    if ((best === undefined || best.work > busy) && lanes.length + opening < max) openOne()
    return best
  }

  function hasRoom({ stalled, closing, connection, promised }: Lane): boolean {
    return !stalled && !closing && connection.inFlight.length + promised < config.laneDepth
  }

  function isLess(a: Lane, b: Lane): boolean {
    return a.work < b.work || (a.work === b.work && a.connection.inFlight.length < b.connection.inFlight.length)
  }

  function openOne(): void {
    opening++
    opener.open('lane').then(admit, (error: Error) => {
      opening--
      if (lanes.length === 0) queue.dismiss(error)
      emptied()
    })
  }

  function admit(connection: Connection): void {
    opening--
    const life = config.maxLifetime > 0 ? config.maxLifetime * (1 - Math.random() / 10) : Number.POSITIVE_INFINITY
    const expires = connection.openedAt + life
    const lane: Lane = { connection, expires, work: 0, promised: 0, stalled: false, closing: false }
    lanes.push(lane)
    connection.onLost = (reason) => forget(lane, reason)
    connection.onSettled = (unit) => settled(lane, unit)
    if (connection.lost !== undefined) {
      forget(lane, connection.lost)
      return
    }
    serve(lane)
  }

  function forget(lane: Lane, reason: Error): void {
    lanes.splice(lanes.indexOf(lane), 1)
    if (events.listened('connection')) {
      const { id } = lane.connection
      const change = reason.message === 'closed' ? 'closed' : 'lost'
      events.emit('connection', { node, connection: id, kind: 'lane', change, reason: reason.message })
    }
    if (lanes.length + opening === 0 && queue.length > 0) openOne()
    emptied()
  }

  function retire(lane: Lane): void {
    lane.closing = true
    if (lane.connection.inFlight.length === 0) lane.connection.close().catch(() => {})
  }

  function serve(lane: Lane): void {
    while (hasRoom(lane) && queue.length > 0) {
      if (!queue.offer(lane)) break
      lane.promised++
    }
    if (stopped && queue.length === 0 && lane.promised === 0) retire(lane)
  }

  function send(lane: Lane, call: LaneCall): void {
    const { connection } = lane
    call.submitted()
    lane.work += call.profile.mean
    const settings = settingsFor(call.operation, connection)
    connection.submit(createUnit({ statement: call.statement, settings, owner: call }))
    if (ticking) return
    ticking = true
    setTimeout(watch, tick, performance.now() + tick).unref()
  }

  function settled(lane: Lane, unit: Unit): void {
    const { connection } = lane
    if (unit.owner instanceof LaneCall) {
      const { profile } = unit.owner
      lane.work = connection.inFlight.length === 0 ? 0 : Math.max(0, lane.work - profile.mean)
      noteTime(profile, unit.serviceTime)
    }
    lane.stalled = false
    if (lane.closing) {
      retire(lane)
      return
    }
    if (stopped || queue.length > 0) serve(lane)
  }

  /** Finds the lanes whose head takes long, marks what it runs as slow, and sends those behind it elsewhere. */
  function watch(due: number): void {
    const now = performance.now()
    let inFlight = 0
    for (const lane of lanes) {
      const { connection } = lane
      inFlight += connection.inFlight.length
      // When this timer itself is late, answers may lie unread in the socket.
      if (now - due > tick || connection.inFlight.length === 0 || lane.stalled) continue
      const running = now - connection.headSince - connection.distance
      if (connection.inFlight[0]?.sent && running > stall) rescue(lane, running)
    }
    ticking = inFlight > 0
    if (ticking) setTimeout(watch, tick, performance.now() + tick).unref()
  }

  function rescue(lane: Lane, running: number): void {
    lane.stalled = true
    const [head, ...behind] = lane.connection.inFlight
    if (head?.owner instanceof LaneCall) noteTime(head.owner.profile, running)
    for (const { owner } of behind) if (owner instanceof LaneCall && !owner.done) resend(owner)
  }

  function resend(call: LaneCall): void {
    const lane = pick()
    if (lane !== undefined) send(lane, call)
    else overflow(call)
  }

  function run(operation: Operation, statement: Statement, profile: StatementProfile) {
    if (stopped) throw closed({ node, outcome: 'never sent' })
    const lane = queue.length === 0 ? pick() : undefined
    if (lane !== undefined) return start(lane, operation, statement, profile)
    if (lanes.length > 0 && lanes.every(({ stalled }) => stalled) && opening === 0) return undefined
    return queue.wait(operation, profile.mean).then((free) => {
      free.promised--
      return start(free, operation, statement, profile)
    })
  }

  function start(lane: Lane, operation: Operation, statement: Statement, profile: StatementProfile): LaneCall {
    const call = new LaneCall(node, operation, statement, profile)
    if (operation.deadline !== undefined || operation.signal !== undefined) call.watch()
    send(lane, call)
    return call
  }

  function maintain(): void {
    const now = performance.now()
    for (const lane of [...lanes]) {
      const { connection } = lane
      const unused = connection.inFlight.length === 0 && now - connection.lastUsed > config.idleTimeout
      if (config.queryTimeout > 0 && isStuck(connection, now, config.queryTimeout))
        connection.destroy(new Error(`no answer within ${config.queryTimeout} ms`))
      else if (now > lane.expires || (unused && config.idleTimeout > 0)) retire(lane)
    }
  }

  function emptied(): void {
    if (stopped && lanes.length === 0 && opening === 0 && queue.length === 0) onEmpty?.()
  }

  function holderOf({ inFlight, headSince }: Connection): Holder {
    const owner = inFlight[0]?.owner
    const operation = owner instanceof LaneCall ? operationLabel(owner.operation) : 'nothing'
    return { operation: `${operation} on a lane`, since: performance.now() - headSince }
  }

  return {
    get size() {
      return lanes.length
    },
    get inFlight() {
      return lanes.reduce((sum, { connection }) => sum + connection.inFlight.length, 0)
    },
    get waiting() {
      return queue.length
    },
    suits: (profile) => max > 0 && profile.shareable && profile.peak < slow,
    run,
    connections: () => lanes.map(({ connection }) => connection),
    stop() {
      stopped = true
      clearInterval(maintenance)
      for (const lane of [...lanes]) serve(lane)
    },
    dismiss: (error) => queue.dismiss(error),
    drained() {
      return new Promise((resolve) => {
        onEmpty = resolve
        emptied()
      })
    },
  }
}
