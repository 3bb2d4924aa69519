import type { Context } from './context.ts'

/** A call of the client, before anything of it has run; the same on the direct path and through Prisma's runtime. */
export interface PendingCall {
  /** Absent for raw SQL. */
  readonly model: string | undefined
  /** As the caller wrote it: `findMany`, `queryRaw`. */
  readonly name: string
  /** Prisma's arguments as given; never changed. */
  readonly args: Readonly<Record<string, unknown>>
  readonly context: Context | undefined
  /** The reason given to `$unprotected`, on a client made by it. */
  readonly unprotected: string | undefined
}

/** A statement that the database refused. */
export interface FailedStatement {
  readonly error: unknown
  /** Of the call that it served. */
  readonly model: string | undefined
  /** As the caller wrote it. */
  readonly operation: string | undefined
  readonly text: string
}

/** Runs a query on the primary, under no context, and returns its rows. Values come as JSON has them. */
export type Ask = <Row>(sql: string) => Promise<Row[]>

/**
 * What a capability may do to a call. Each part is optional; where several features have the same part, they take their turns
 * in the order of `client/stages.ts`.
 */
export interface Feature {
  readonly name: FeatureName
  /** Every statement carries a context, an empty one where there is none, whatever was left behind in the connection. */
  readonly alwaysContext?: true
  /** False for a model whose calls it has nothing to do with. Raw SQL concerns every feature. Asked on every call: one look-up. */
  concerns?(model: string): boolean
  /** Looks at the database before the first call, and refuses to start by throwing. */
  start?(ask: Ask): Promise<void>
  /** Refuses a context when it is made, by throwing. */
  admitContext?(context: Context): void
  /** Refuses a call before any SQL, by throwing. */
  admit?(call: PendingCall): void
  /** What looks at the call's answer and refuses it by throwing; nothing where there is nothing to look for. */
  inspector?(call: PendingCall): Inspector | undefined
  /** Turns a refusal of the database into what the caller is told; the same error where it has nothing to say. */
  explain?(failed: FailedStatement): unknown
}

/** @throws what the call is rejected with instead of its answer */
export type Inspector = (answer: unknown) => void

/** Every feature that takes part in calls. */
export type FeatureName = 'rls'
