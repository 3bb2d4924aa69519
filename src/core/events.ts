import type { OperationKind, Timings } from './operation.ts'

/** One call of the client, when it is over. */
export interface OperationEvent {
  readonly id: number
  readonly model: string | undefined
  readonly operation: string
  readonly kind: OperationKind
  readonly node: string | undefined
  /** Names of the context's parts that are set, never their values. */
  readonly context: readonly string[]
  readonly traceId: string | undefined
  /** Milliseconds from the call to the answer. */
  readonly duration: number
  readonly timings: Readonly<Timings>
  /** Straight to the database, or through Prisma's runtime; then `reason` says why. */
  readonly path: 'direct' | 'prisma'
  readonly reason: string | undefined
  /** The reason given to `$unprotected`, where the call was made so. */
  readonly unprotected: string | undefined
  readonly rows: number | undefined
  /** What the call was rejected with. */
  readonly error: unknown
  /** PostgreSQL's error code (SQLSTATE) where it was PostgreSQL that refused, else the error's own: `SUB_…`, `P2025`. */
  readonly code: string | undefined
}

/** One statement, when the server has answered or the connection is gone. */
export interface StatementEvent {
  /** The id of the operation that it served. */
  readonly operationId: number
  readonly model: string | undefined
  readonly operation: string
  readonly kind: OperationKind
  readonly node: string
  /** Names of the context's parts that were sent, never their values. */
  readonly context: readonly string[]
  readonly traceId: string | undefined
  /** SQL with placeholders. Values are never part of an event unless asked for by configuration. */
  readonly text: string
  readonly values: readonly unknown[] | undefined
  /** How it travelled. */
  readonly via: 'lane' | 'dedicated' | 'transaction'
  /** Milliseconds. */
  readonly queue: number
  readonly database: number
  readonly rows: number | undefined
  /** PostgreSQL's error code, or ours, where it failed. */
  readonly code: string | undefined
}

/** A connection was opened or is gone. */
export interface ConnectionEvent {
  readonly node: string
  readonly connection: number
  readonly kind: 'lane' | 'dedicated'
  readonly change: 'opened' | 'closed' | 'lost' | 'refused'
  readonly reason: string
}

/** Something that works but should be mended: a leak, a transaction left open, a pooler in the way. */
export interface WarningEvent {
  readonly code: `SUB_${string}`
  readonly message: string
  readonly details: object
}

export interface EventMap {
  operation: OperationEvent
  statement: StatementEvent
  connection: ConnectionEvent
  warning: WarningEvent
}

export type Listener<Event> = (event: Event) => void

/** Where the parts of one client tell what happened. */
export interface Events {
  /** @returns a function that removes the listener. */
  on<Name extends keyof EventMap>(name: Name, listener: Listener<EventMap[Name]>): () => void
  /** Ask before building an event: nothing is built when nobody listens. */
  listened(name: keyof EventMap): boolean
  emit<Name extends keyof EventMap>(name: Name, event: EventMap[Name]): void
}

type Listeners = { readonly [Name in keyof EventMap]: Set<Listener<EventMap[Name]>> }

/**
 * A listener that throws, or whose promise is rejected, never breaks the query that it was told about: it is reported as
 * a process warning.
 */
export function createEvents(): Events {
  const listeners: Listeners = {
    operation: new Set(),
    statement: new Set(),
    connection: new Set(),
    warning: new Set(),
  }
  return {
    on(name, listener) {
      listeners[name].add(listener)
      return () => listeners[name].delete(listener)
    },
    listened: (name) => listeners[name].size > 0,
    emit(name, event) {
      for (const listener of listeners[name]) notify(name, listener, event)
    },
  }
}

function notify<Event>(name: string, listener: Listener<Event>, event: Event): void {
  try {
    const returned: unknown = listener(event)
    if (returned instanceof Promise) returned.catch((error: unknown) => report(name, error))
  } catch (error) {
    report(name, error)
  }
}

function report(name: string, error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(`a listener for '${name}' failed: ${what}`, { code: 'SUB_LISTENER_FAILED' })
}
