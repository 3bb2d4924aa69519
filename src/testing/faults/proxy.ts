import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { faultNotReached } from '../errors.ts'
import { type Connection, createConnection } from './connection.ts'
import { createTrap, type Direction, type Fault, type FaultPoint } from './fault.ts'
import type { BackendMessage, FrontendMessage, Message } from './messages.ts'

/**
 * Stands between clients and a PostgreSQL server and knows where messages begin and end. A fault with a point waits for
 * its message; one without strikes every open connection at once.
 */
export interface FaultProxy extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Connections open now. */
  readonly connections: number
  /** Connections ever opened, those of cancel requests among them. */
  readonly opened: number
  /** Answers to a Sync or a Query: how often a client may have waited for the server. Connecting does not count. */
  readonly roundTrips: number
  /** How many messages of a kind have come by. */
  count(direction: 'toServer', message: FrontendMessage): number
  count(direction: 'toClient', message: BackendMessage): number
  /** The URL of a database of this server, through the proxy. */
  urlThrough(url: string): string
  /** Holds up every message by so much, in both directions: a distant server. */
  delay(milliseconds: number): Fault
  /**
   * Lets nothing more pass and keeps the connection open: a network that has lost its way. With a point, only in its
   * direction; without, in both, for connections to come too.
   */
  stall(point?: FaultPoint): Fault
  /** Ends the connection in order: a server that was shut down. */
  cut(point?: FaultPoint): Fault
  /** Ends the connection with a reset towards the client: a server that crashed. */
  reset(point?: FaultPoint): Fault
  /** Resets every new connection: a server that is gone. */
  refuse(): Fault
  /** Ends all connections and stops listening. */
  close(): Promise<void>
}

/** Does a fault to a connection; what it adds to `undo` lifts it again. */
type Strike = (connection: Connection, directions: readonly Direction[], undo: (() => void)[]) => Promise<void>

const STALL: Strike = async (connection, directions, undo) => {
  for (const direction of directions) undo.push(connection.stall(direction))
}

/** Starts a proxy on a free port of 127.0.0.1. It speaks no TLS: a client that demands it is refused. */
export async function startProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const connections = new Set<Connection>()
  const ready = new WeakSet<Connection>()
  const counts = new Map<string, number>()
  const traps = new Set<(connection: Connection, direction: Direction, message: Message) => (() => void) | undefined>()
  const stalls = new Set<(connection: Connection) => void>()
  const refusals = new Set<() => void>()
  const delays = new Set<{ milliseconds: number }>()
  const unreached = new Set<() => void>()
  let opened = 0
  let roundTrips = 0

  function onMessage(connection: Connection, direction: Direction, message: Message): (() => void) | undefined {
    const key = `${direction} ${message.name}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    if (direction === 'toClient' && message.name === 'ReadyForQuery') {
      if (ready.has(connection)) roundTrips += 1
      ready.add(connection)
    }
    const later = [...traps].map((trap) => trap(connection, direction, message))
    return () => {
      for (const strike of later) strike?.()
    }
  }

  const server = createServer((client) => {
    opened += 1
    if (refusals.size > 0) {
      client.resetAndDestroy()
      for (const happen of refusals) happen()
      return
    }
    const upstream = connect({ ...target, noDelay: true })
    client.setNoDelay(true)
    const connection = createConnection(client, upstream, {
      latency: () => [...delays].reduce((sum, delay) => sum + delay.milliseconds, 0),
      onMessage,
      onClose: (closed) => connections.delete(closed),
    })
    connections.add(connection)
    for (const stall of stalls) stall(connection)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  function createFault(start: (happen: () => void, undo: (() => void)[]) => void): Fault {
    const undo: (() => void)[] = []
    let settle!: { happen: () => void; miss: () => void }
    const happened = new Promise<void>((resolve, reject) => {
      settle = { happen: resolve, miss: () => reject(faultNotReached({})) }
    })
    // Not every test waits for it.
    happened.catch(() => {})
    unreached.add(settle.miss)
    start(settle.happen, undo)
    return {
      happened,
      lift() {
        for (const action of undo.splice(0)) action()
        settle.miss()
      },
    }
  }

  function strikeAt(point: FaultPoint | undefined, strike: Strike): Fault {
    return createFault((happen, undo) => {
      if (point === undefined) {
        void Promise.all([...connections].map((each) => strike(each, ['toServer', 'toClient'], undo))).then(happen)
        return
      }
      const catches = createTrap(point)
      const trap = (connection: Connection, direction: Direction, message: Message) => {
        if (!catches(direction, message)) return undefined
        traps.delete(trap)
        const act = () => void strike(connection, [direction], undo).then(happen)
        if (point.when === 'after') return act
        act()
        return undefined
      }
      traps.add(trap)
      undo.push(() => traps.delete(trap))
    })
  }

  async function close(): Promise<void> {
    for (const connection of connections) connection.destroy()
    for (const miss of unreached) miss()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }

  return {
    host: '127.0.0.1',
    port,
    get connections() {
      return connections.size
    },
    get opened() {
      return opened
    },
    get roundTrips() {
      return roundTrips
    },
    count: (direction: Direction, message: string) => counts.get(`${direction} ${message}`) ?? 0,
    urlThrough(url) {
      const through = new URL(url)
      through.host = `127.0.0.1:${port}`
      return through.href
    },
    delay: (milliseconds) =>
      createFault((happen, undo) => {
        const delay = { milliseconds }
        delays.add(delay)
        undo.push(() => delays.delete(delay))
        happen()
      }),
    stall(point) {
      if (point !== undefined) return strikeAt(point, STALL)
      return createFault((happen, undo) => {
        const stall = (connection: Connection) => void STALL(connection, ['toServer', 'toClient'], undo)
        for (const connection of connections) stall(connection)
        stalls.add(stall)
        undo.push(() => stalls.delete(stall))
        happen()
      })
    },
    cut: (point) => strikeAt(point, (connection) => connection.end('cut')),
    reset: (point) => strikeAt(point, (connection) => connection.end('reset')),
    refuse: () =>
      createFault((happen, undo) => {
        refusals.add(happen)
        undo.push(() => refusals.delete(happen))
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}
