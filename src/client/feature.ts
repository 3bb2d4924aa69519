/** What a capability may do to calls, and the methods that it adds to models. */
import type { Context } from '../core/context.ts'
import type { Operation, OperationKind } from '../core/operation.ts'
import type { Session, Transaction, TransactionOptions } from '../pg/session.ts'
import type { Result, Statement } from '../pg/statement.ts'
import type { Arguments, Compiler, WhereCompiler } from '../query/index.ts'
import type { ModelMeta, SchemaMeta } from '../schema/model-meta.ts'
import type { RowsRead } from './as-find-many.ts'

/** A call of the client, before anything of it has run; the same on the direct path and through Prisma's runtime. */
export interface PendingCall {
  /** Absent for raw SQL. */
  readonly model: string | undefined
  /** As the caller wrote it: `findMany`, `queryRaw`. */
  readonly name: string
  /** Prisma's arguments as given; never changed. */
  readonly args: Readonly<Record<string, unknown>>
  readonly context: Context | undefined
  /** Of a call that follows relations, as `.author().posts()` does: where in the answer to `args` its own answer stands. */
  readonly dataPath: readonly string[]
  /** The whole answer to other arguments of the same call, for what its own answer does not tell. */
  readonly ask: (args: Readonly<Record<string, unknown>>) => Promise<unknown>
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
  /** Methods that it adds to models, by name: `upsertMany` for `db.user.upsertMany(…)`. Their types stand in `features/types.ts`. */
  readonly methods?: Readonly<Record<string, ModelMethod>>
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
export type Inspector = (answer: unknown) => void | Promise<void>

/** A method of a model. Like Prisma's own calls it runs when it is awaited, once. */
export interface ModelMethod {
  readonly kind: OperationKind
  /** Its answer is an AsyncIterable, and the call itself can be iterated: `for await (… of db.user.inBatches())`. */
  readonly iterates?: true
  /** What of the arguments other features look at: Prisma's `where`, `data`, `select` … Default: the first argument. */
  readonly args?: (...given: readonly unknown[]) => Readonly<Record<string, unknown>>
  run(caller: Caller, ...given: readonly unknown[]): Promise<unknown>
  /** Where the answer has rows of the model, for other features to look at. Default: the answer itself. */
  readonly rowsOf?: RowsOf
}

/** The model's rows in an answer. */
export type RowsOf = (answer: unknown) => unknown

/** One call of a model's method, and the client that it was made on. */
export interface Caller {
  readonly schema: SchemaMeta
  readonly model: ModelMeta
  readonly compiler: Compiler
  readonly where: WhereCompiler
  readonly operation: Operation
  readonly session: Session
  /** The interactive transaction in which the call was made. */
  readonly within: Transaction | undefined
  /**
   * One statement in one round trip: in the caller's transaction where there is one. Errors are in Prisma's words, unless the
   * feature has words of its own for one.
   */
  readonly execute: (statement: Statement, ownWords?: (failure: unknown) => Error | undefined) => Promise<Result>
  /** Several statements as one: under a savepoint of the caller's transaction, or in a transaction of their own. */
  readonly transaction: <T>(body: (tx: Transaction) => Promise<T>, options?: TransactionOptions) => Promise<T>
  /** What the caller is told instead of a failure of the database: as Prisma says it of its own calls, or as a feature does. */
  readonly explain: (failure: unknown, text?: string) => Promise<unknown>
  /**
   * Runs a read as the client's own `findMany`: query extensions of it see and may change the arguments and each row, and result
   * extensions add their computed fields.
   *
   * @throws SUB_EXTENSION_ROWS for an extension that changes how many rows there are
   */
  readonly asFindMany: <Answer extends RowsRead>(
    args: Arguments,
    read: (args: Arguments) => Promise<Answer>,
  ) => Promise<Answer>
  /** The same caller for one more operation: a new deadline, events of its own. For methods that go on and on. */
  readonly next: () => Caller
}

/** Every feature that takes part in calls. */
export type FeatureName = 'rls' | 'bulk' | 'pagination' | 'search' | 'views'
