/**
 * The client's type: the user's own client, whatever its generated path and extensions, with Substrata's methods. It
 * stays assignable to `PrismaClient`, and inside a transaction to `Prisma.TransactionClient`.
 */
import type { ContextInput } from '../core/context.ts'
import type { Events } from '../core/events.ts'
import type { Limits } from './client.ts'
import type { CloseOptions } from './ground.ts'
import type { PathTaken } from './path-taken.ts'
import type { RetryOptions } from './retry.ts'

/** What Substrata adds to a client. */
export interface ClientMethods<C> {
  /** The same client in a context, which every statement of it carries. */
  $as(context: ContextInput): Substrata<C>
  /** Runs `body` with the client in a context. */
  $as<R>(context: ContextInput, body: (db: Substrata<C>) => Promise<R>): Promise<R>
  /** The same client with a deadline or an AbortSignal on every operation. */
  $with(limits: Limits): Substrata<C>
  /**
   * An interactive transaction that is run again when it lost a conflict (P2034), with growing pauses.
   * @throws whatever `body` throws, and P2034 when attempts or budget are used up.
   */
  $retry<R>(body: (tx: TransactionOf<C>) => Promise<R>, options?: RetryOptions): Promise<R>
  /** Where a call goes, told without making it: pass the call itself, unawaited. */
  $path(call: PromiseLike<unknown>): PathTaken
  /** What happens, as typed events. */
  readonly $events: Events
  /** No new work, a deadline for what runs, then every connection closed. Twice is harmless. */
  $close(options?: CloseOptions): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type NotInTransactions =
  | '$connect'
  | '$disconnect'
  | '$on'
  | '$use'
  | '$extends'
  | '$as'
  | '$with'
  | '$close'
  | '$retry'

/** The client inside an interactive transaction. */
export type TransactionOf<C> = Omit<Substrata<C>, NotInTransactions | typeof Symbol.asyncDispose>

interface InteractiveTransactions<C> {
  $transaction<R>(
    body: (tx: TransactionOf<C>) => Promise<R>,
    options?: { maxWait?: number; timeout?: number; isolationLevel?: RetryOptions['isolationLevel'] },
  ): Promise<R>
}

/** A Prisma client on Substrata. */
export type Substrata<C> = ClientMethods<C> & InteractiveTransactions<C> & C
