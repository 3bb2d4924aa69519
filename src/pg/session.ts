import type { PoolConfig } from '../core/config.ts'
import type { ConnectionConfig } from '../core/connection-url.ts'
import type { Events } from '../core/events.ts'
import type { Operation } from '../core/operation.ts'
import type { Result, Statement } from './statement.ts'

/** What every layer above the wire speaks to: one node of PostgreSQL, its lanes and its pool. */
export interface Session {
  /** The node's name in events and errors. */
  readonly node: string

  /**
   * Runs one statement as one implicit transaction, together with the operation's context.
   *
   * @throws pg.DatabaseError as the server sent it (`code` is the SQLSTATE; see `isDatabaseError`), and
   * SUB_CONNECTION_LOST, SUB_TIMEOUT, SUB_ABORTED with `details.outcome`, SUB_POOL_TIMEOUT, SUB_POOL_FULL, SUB_CLOSED.
   */
  execute(operation: Operation, statement: Statement): Promise<Result>

  /**
   * Runs several statements, separated by semicolons, as PostgreSQL's simple protocol does: one implicit transaction
   * unless the text says otherwise. On a connection of its own. For migrations and scripts.
   */
  script(operation: Operation, text: string): Promise<void>

  /**
   * Takes a connection and opens a transaction on it under the operation's context. Whoever calls this must commit or
   * roll back; {@link Session.transaction} does it for them.
   */
  begin(operation: Operation, options?: TransactionOptions): Promise<Transaction>

  /** Runs `body` inside a transaction: commits what it returned, rolls back what it threw. */
  transaction<T>(operation: Operation, options: TransactionOptions, body: (tx: Transaction) => Promise<T>): Promise<T>

  /**
   * Lends a whole `pg.Client`, its session under the operation's context, for what the protocol of single statements
   * cannot do: COPY, LISTEN, cursors. The connection is closed afterwards, since its state is no longer known.
   */
  client<T>(operation: Operation, body: (client: LentClient) => Promise<T>): Promise<T>

  /** What is open, busy and waiting, now. */
  stats(): SessionStats

  /**
   * No new work from here on; what runs may end within `deadline` milliseconds (default 10 s), then it is cancelled on
   * the server; then every connection is closed. Twice is harmless.
   */
  close(options?: { deadline?: number }): Promise<void>
}

export type LentClient = import('pg').ClientBase

export type IsolationLevel = 'read uncommitted' | 'read committed' | 'repeatable read' | 'serializable'

export interface TransactionOptions {
  readonly isolation?: IsolationLevel
  readonly readOnly?: boolean
  readonly deferrable?: boolean
  /** Milliseconds from the moment it is open until it is rolled back; SUB_TRANSACTION_TIMEOUT. */
  readonly timeout?: number
}

/** An open transaction. Statements of one transaction run one after another, in the order of the calls. */
export interface Transaction {
  /** Every statement is sent with the context of the operation that opened the transaction. */
  execute(statement: Statement, operation?: Operation): Promise<Result>
  script(text: string): Promise<void>
  /**
   * @throws SUB_CONNECTION_LOST with `details.outcome` `'unknown'` where the connection broke before the answer;
   * SUB_TRANSACTION_FAILED where the server rolled back instead, since a statement in it had failed.
   */
  commit(): Promise<void>
  /** Never throws: whatever happens, the transaction is gone. */
  rollback(): Promise<void>
  savepoint(name: string): Promise<void>
  rollbackTo(name: string): Promise<void>
  release(name: string): Promise<void>
  /** Runs `body` inside a savepoint: released when it returns, rolled back to when it throws. */
  nested<T>(body: (tx: Transaction) => Promise<T>): Promise<T>
  readonly state: 'open' | 'failed' | 'committed' | 'rolledBack'
}

export interface SessionStats {
  readonly node: string
  readonly pool: { readonly max: number; readonly open: number; readonly busy: number; readonly waiting: number }
  readonly lanes: { readonly max: number; readonly open: number; readonly inFlight: number; readonly waiting: number }
}

export interface SessionOptions {
  /** For events and errors: `primary`, `replica-1`. */
  readonly node: string
  readonly connection: ConnectionConfig
  readonly pool: PoolConfig
  readonly events: Events
  /** Statement events carry the values. Default false. */
  readonly showValues?: boolean
  /** `always` sends a context, an empty one where there is none, with every statement. Default: where one was ever sent. */
  readonly context?: 'always' | 'used'
  /** Every statement runs in a read-only transaction: for standbys. */
  readonly readOnly?: boolean
}
