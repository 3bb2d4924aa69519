import type { PoolConfig } from '../core/config.ts'
import type { Events } from '../core/events.ts'
import type { Operation } from '../core/operation.ts'
import type { Connection } from './connection.ts'
import { tellGone } from './connection-event.ts'
import { closed } from './errors.ts'
import { createLane, hasRoom, headOf, holdersOf, isBusy, type Lane, leastLoaded } from './lane.ts'
import { LaneCall } from './lane-call.ts'
import { checkAlive, destroyStuck, longSilence, maintained } from './liveness.ts'
import type { Opener } from './opener.ts'
import { expectedTime, noteTime, type StatementProfile } from './profile.ts'
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
  run(
    operation: Operation,
    statement: Statement,
    profile: StatementProfile,
  ): Promise<LaneCall | undefined> | LaneCall | undefined
  connections(): Connection[]
  /** No new callers from here on; those that wait are still served. */
  stop(): void
  /** Sends away those that wait. */
  dismiss(error: Error): void
  drained(): Promise<void>
}

/** Statements that take longer than this, in milliseconds, get a connection of their own. */
const slow = 10
/** A lane whose head has run for this long, in milliseconds, stands still: those behind it are sent elsewhere. */
const stall = 25
const tick = 10
const maintenanceInterval = 1_000
const growthPause = 1_000

export function createLanes({ node, config, opener, events, settingsFor, overflow }: LanesOptions): Lanes {
  const lanes: Lane[] = []
  const max = config.lanes
  let opening = 0
  /** After a failure to open one, those that are there have to do for a while. */
  let growsFrom = 0
  let stopped = false
  let ticking = false
  let onEmpty: (() => void) | undefined

  const queue = createWaitQueue<Lane | undefined>({
    node,
    max,
    maxWaiting: config.maxWaiting,
    patience: config.acquireTimeout,
    holders: () => holdersOf(lanes),
  })
  const maintenance = maintained(maintain, maintenanceInterval)

  /** The one with the least to do; another is opened where that is too much. */
  function pick(): Lane | undefined {
    const best = leastLoaded(lanes, config.laneDepth)
    if ((best === undefined || isBusy(best)) && mayGrow()) openOne()
    return best
  }

  function mayGrow(): boolean {
    return lanes.length + opening < max && (lanes.length === 0 || performance.now() >= growsFrom)
  }

  function openOne(): void {
    opening++
    opener.open('lane').then(admit, (error: Error) => {
      opening--
      growsFrom = performance.now() + growthPause
      if (lanes.length === 0) queue.dismiss(error)
      emptied()
    })
  }

  function admit(connection: Connection): void {
    opening--
    const lane = createLane(connection, config)
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
    tellGone(events, lane.connection, 'lane', reason)
    if (lanes.length + opening === 0 && queue.length > 0) openOne()
    emptied()
  }

  function retire(lane: Lane): void {
    lane.closing = true
    if (lane.connection.inFlight.length === 0) lane.connection.close().catch(() => {})
  }

  function serve(lane: Lane): void {
    while (hasRoom(lane, config.laneDepth) && queue.length > 0) {
      if (!queue.offer(lane)) break
      lane.promised++
    }
    if (stopped && queue.length === 0 && lane.promised === 0) retire(lane)
  }

  function send(lane: Lane, call: LaneCall): void {
    const { connection } = lane
    call.submitted()
    connection.lastUsed = performance.now()
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
    for (const lane of [...lanes]) {
      const { connection } = lane
      inFlight += connection.inFlight.length
      // When this timer itself is late, answers may lie unread in the socket.
      if (now - due > tick || connection.inFlight.length === 0) continue
      if (lane.stalled) {
        if (headOf(lane)?.done) abandon(lane)
        continue
      }
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
    // Those that wait for a place use a connection of their own.
    if (allStalled()) while (queue.offer(undefined));
  }

  /**
   * Nobody waits for the slow statement any more. Whatever was behind it has been sent elsewhere, so that nothing is left on
   * this connection that the cancel could hit and somebody would miss.
   */
  function abandon({ connection }: Lane): void {
    connection.destroy(new Error('closed'))
    void opener.cancel(connection)
  }

  function allStalled(): boolean {
    return opening === 0 && lanes.length > 0 && lanes.every(({ stalled }) => stalled)
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
    if (allStalled()) return undefined
    return queue.wait(operation, expectedTime(profile)).then((free) => {
      if (free === undefined) return undefined
      free.promised--
      return start(free, operation, statement, profile)
    })
  }

  function start(lane: Lane, operation: Operation, statement: Statement, profile: StatementProfile): LaneCall {
    const call = new LaneCall(node, operation, statement, profile)
    send(lane, call)
    return call
  }

  function maintain(): void {
    if (stopped) return
    const now = performance.now()
    for (const lane of [...lanes]) {
      const { connection, expires } = lane
      destroyStuck(connection, config.queryTimeout, now)
      const unused = config.idleTimeout > 0 && now - connection.lastUsed > config.idleTimeout
      if (now > expires || (unused && connection.inFlight.length === 0)) retire(lane)
      else if (connection.inFlight.length === 0 && now - connection.lastHeard > longSilence)
        checkAlive(connection).catch(() => {})
    }
  }

  function emptied(): void {
    if (stopped && lanes.length === 0 && opening === 0 && queue.length === 0) onEmpty?.()
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
