import type { Context } from './context.ts'

/**
 * What an operation does to the data. Only a `read` may be answered by a replica, share a connection or be tried again;
 * `unknown` (raw SQL) is treated like a write.
 */
export type OperationKind = 'read' | 'write' | 'unknown'

/** How long an operation spent where, in milliseconds. Sums over its statements. */
export interface Timings {
  /** Waiting for a connection, or for a place on a lane. */
  queue: number
  /** From the bytes handed to the socket to the server's ReadyForQuery. */
  database: number
  /** Turning text into values. */
  decode: number
}

export interface OperationInput {
  /** Prisma's model name; absent for raw SQL. */
  readonly model?: string | undefined
  /** As the caller wrote it: `findMany`, `$queryRaw`, `upsertMany`. */
  readonly name: string
  readonly kind: OperationKind
  readonly context?: Context | undefined
  /** Milliseconds from now after which the caller is answered with an error and the server stops. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Of the caller's trace; copied into events. */
  readonly traceId?: string | undefined
}

/** One call, from the client to the wire and back. Everything that has to know who, where and how long reads it here. */
export interface Operation {
  /** Unique in the process. */
  readonly id: number
  readonly model: string | undefined
  readonly name: string
  readonly kind: OperationKind
  readonly context: Context | undefined
  /** On the clock of `performance.now()`. */
  readonly startedAt: number
  readonly deadline: number | undefined
  readonly signal: AbortSignal | undefined
  readonly traceId: string | undefined
  /** The node that answered, once it is chosen. */
  node: string | undefined
  readonly timings: Timings
}

let lastId = 0

export function startOperation(input: OperationInput): Operation {
  const startedAt = performance.now()
  return {
    id: ++lastId,
    model: input.model,
    name: input.name,
    kind: input.kind,
    context: input.context,
    startedAt,
    deadline: input.timeout === undefined ? undefined : startedAt + input.timeout,
    signal: input.signal,
    traceId: input.traceId,
    node: undefined,
    timings: { queue: 0, database: 0, decode: 0 },
  }
}

/** `User.findMany`, `$queryRaw`: for messages and logs. */
export function operationLabel(operation: Operation): string {
  return operation.model === undefined ? operation.name : `${operation.model}.${operation.name}`
}
