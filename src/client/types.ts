/**
 * The client's type: the user's own client, whatever its generated path and extensions, with Substrata's methods. It
 * stays assignable to `PrismaClient`, and inside a transaction to `Prisma.TransactionClient`.
 */
import type { Types } from '@prisma/client/runtime/client'
import type { ContextInput } from '../core/context.ts'
import type { Events } from '../core/events.ts'
import type { Limits } from './client.ts'
import type { CloseOptions } from './ground.ts'
import type { PathTaken } from './path-taken.ts'
import type { LogEvent, QueryEvent } from './prisma-events.ts'
import type { RetryOptions } from './retry.ts'

/** What Substrata adds to a client. */
export interface ClientMethods<C> {
  /** The same client in a context, which every statement of it carries. */
  $as(context: ContextInput): Substrata<C>
  /** Runs `body` with the client in a context. */
  $as<R>(context: ContextInput, body: (db: Substrata<C>) => Promise<R>): Promise<R>
  /**
   * The same client for calls that need no context: raw SQL about no one's rows, or work under a role that sees all. Policies
   * hold for it as for anyone. Its calls are counted, and events show the reason.
   * @throws SUB_REASON_MISSING
   */
  $unprotected(reason: string): Substrata<C>
  /** How many calls `$unprotected` clients made, by reason. */
  readonly $unprotectedCalls: ReadonlyMap<string, number>
  /** The same client with a deadline or an AbortSignal on every operation. */
  $with(limits: Limits): Substrata<C>
  /**
   * An interactive transaction that is run again when it lost a conflict (P2034), with growing pauses.
   * @throws whatever `body` throws, and the last conflict when attempts or budget are used up.
   */
  $retry<R>(body: (tx: TransactionOf<C>) => Promise<R>, options?: RetryOptions): Promise<R>
  /** Where a call goes, told without making it: pass the call itself, unawaited. */
  $path(call: PromiseLike<unknown>): PathTaken
  /** Every statement, on whichever path. Values are shown only where the configuration says so. */
  $on(event: 'query', listener: (event: QueryEvent) => void): Substrata<C>
  /** What Prisma itself has to say. */
  $on(event: 'warn' | 'error', listener: (event: LogEvent) => void): Substrata<C>
  /** What happens, as typed events. */
  readonly $events: Events
  /** No new work, a deadline for what runs, then every connection closed. Twice is harmless. */
  $close(options?: CloseOptions): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type OnlyOutside =
  | '$connect'
  | '$disconnect'
  | '$use'
  | '$extends'
  | Exclude<keyof ClientMethods<unknown>, typeof Symbol.asyncDispose>

/** The client inside an interactive transaction. */
export type TransactionOf<C> = Omit<Substrata<C>, OnlyOutside | typeof Symbol.asyncDispose>

interface InteractiveTransactions<C> {
  $transaction<R>(
    body: (tx: TransactionOf<C>) => Promise<R>,
    options?: { maxWait?: number; timeout?: number; isolationLevel?: NonNullable<RetryOptions['isolationLevel']> },
  ): Promise<R>
}

type Hook<Map extends TypeMapOf, Extensions extends ExtensionsOf> = Types.Extensions.ExtendsHook<
  'extends',
  Map,
  Extensions
>
type TypeMapOf = Types.Extensions.TypeMapCbDef
type ExtensionsOf = Types.Extensions.InternalArgs
type Names<Map extends Types.Extensions.TypeMapDef> = Map['meta']['modelProps'] | '$allModels'

/** Prisma's `$extends`, word for word but for the result, which keeps Substrata's methods. */
interface Extending<MapOf extends TypeMapOf, Before extends ExtensionsOf, Map extends Types.Extensions.TypeMapDef> {
  $extends<
    R_ extends { [K in Names<Map>]?: unknown },
    R,
    M_ extends { [K in Names<Map>]?: unknown },
    M,
    Q_ extends { [K in Names<Map> | keyof Map['other']['operations'] | '$allOperations']?: unknown },
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as Prisma has it, for the inference
    C_ extends { [K in string]?: unknown },
    C,
    Args extends ExtensionsOf = Types.Extensions.InternalArgs<R, M, Types.Extensions.DefaultArgs['query'], C>,
    Merged extends ExtensionsOf = Types.Extensions.MergeExtArgs<Map, Before, Args>,
  >(
    extension:
      | ((client: Types.Extensions.DynamicClientExtensionThis<Map, MapOf, Before>) => { $extends: { extArgs: Args } })
      | {
          name?: string
          query?: Types.Extensions.DynamicQueryExtensionArgs<Q_, Map>
          result?: Types.Extensions.DynamicResultExtensionArgs<R_, Map> & R
          model?: Types.Extensions.DynamicModelExtensionArgs<M_, Map, MapOf, Before> & M
          client?: Types.Extensions.DynamicClientExtensionArgs<C_, Map, MapOf, Before> & C
        },
  ): Substrata<Types.Extensions.DynamicClientExtensionThis<Types.Utils.Call<MapOf, { extArgs: Merged }>, MapOf, Merged>>
}

type ExtendingOf<C> = C extends { $extends: Hook<infer MapOf, infer Before> }
  ? Types.Utils.Call<MapOf, { extArgs: Before }> extends infer Map extends Types.Extensions.TypeMapDef
    ? Extending<MapOf, Before, Map>
    : unknown
  : unknown

/** A Prisma client on Substrata. */
export type Substrata<C> = ClientMethods<C> & InteractiveTransactions<C> & ExtendingOf<C> & C
