import type { PoolConfig } from '../core/config.ts'
import { operationLabel } from '../core/operation.ts'
import type { Connection } from './connection.ts'
import type { Holder } from './errors.ts'
import { LaneCall } from './lane-call.ts'

/** One connection that many reads share, and what is known of its load. */
export interface Lane {
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

/** Milliseconds of work, or statements, on every lane from which another lane is opened. */
const busyWork = 1
const busyDepth = 8

export function createLane(connection: Connection, { maxLifetime }: PoolConfig): Lane {
  const life = maxLifetime > 0 ? maxLifetime * (1 - Math.random() / 10) : Number.POSITIVE_INFINITY
  const expires = connection.openedAt + life
  return { connection, expires, work: 0, promised: 0, stalled: false, closing: false }
}

export function hasRoom({ stalled, closing, connection, promised }: Lane, depth: number): boolean {
  return !stalled && !closing && connection.inFlight.length + promised < depth
}

export function isBusy({ work, connection }: Lane): boolean {
  return work > busyWork || connection.inFlight.length >= busyDepth
}

/** The one with the least to do, of those that have room. */
export function leastLoaded(lanes: readonly Lane[], depth: number): Lane | undefined {
  let best: Lane | undefined
  for (const lane of lanes) {
    if (!hasRoom(lane, depth)) continue
    if (best === undefined || isLess(lane, best)) best = lane
  }
  return best
}

function isLess(a: Lane, b: Lane): boolean {
  return a.work < b.work || (a.work === b.work && a.connection.inFlight.length < b.connection.inFlight.length)
}

/** The read that the server works on. */
export function headOf({ connection }: Lane): LaneCall | undefined {
  const owner = connection.inFlight[0]?.owner
  return owner instanceof LaneCall ? owner : undefined
}

/** What those who wait for a place wait for. */
export function holdersOf(lanes: readonly Lane[]): Holder[] {
  const now = performance.now()
  return lanes.flatMap((lane) => {
    const head = headOf(lane)
    if (head === undefined) return []
    return [{ operation: `${operationLabel(head.operation)} on a lane`, since: now - lane.connection.headSince }]
  })
}
