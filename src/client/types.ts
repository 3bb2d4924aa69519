/**
 * The client's type: the user's own client, whatever its generated path and extensions, with Substrata's methods. It
 * stays assignable to `PrismaClient`, and inside a transaction to `Prisma.TransactionClient`.
 */
import type { Types } from '@prisma/client/runtime/client'
import type { ContextInput } from '../core/context.ts'
import type { Events } from '../core/events.ts'
import type { ModelMeta, SchemaMeta } from '../schema/model-meta.ts'
import type { CloseOptions } from './ground.ts'
import type { Limits } from './limits.ts'
import type { PathTaken } from './path-taken.ts'
import type { LogEvent, QueryEvent } from './prisma-events.ts'
import type { RetryOptions } from './retry.ts'

/** What Substrata adds to a client. */
export interface ClientMethods<C, A extends Additions = NoAdditions> {
  /** The same client in a context, which every statement of it carries. */
  $as(context: ContextInput): Substrata<C, A>
  /** Runs `body` with the client in a context. */
  $as<R>(context: ContextInput, body: (db: Substrata<C, A>) => Promise<R>): Promise<R>
  /**
   * The same client for calls that need no context: raw SQL about no one's rows, or work under a role that sees all. Policies
   * hold for it as for anyone. Its calls are counted, and events show the reason.
   * @throws SUB_REASON_MISSING
   */
  $unprotected(reason: string): Substrata<C, A>
  /** How many calls `$unprotected` clients made, by reason. */
  readonly $unprotectedCalls: ReadonlyMap<string, number>
  /** The same client with a deadline, an AbortSignal or a trace id on every operation. */
  $with(limits: Limits): Substrata<C, A>
  /**
   * An interactive transaction that is run again when it lost a conflict (P2034), with growing pauses.
   * @throws whatever `body` throws, and the last conflict when attempts or budget are used up.
   */
  $retry<R>(body: (tx: TransactionOf<C, A>) => Promise<R>, options?: RetryOptions): Promise<R>
  /** Where a call goes, told without making it: pass the call itself, unawaited. */
  $path(call: PromiseLike<unknown>): PathTaken
  /** Every statement, on whichever path. Values are shown only where the configuration says so. */
  $on(event: 'query', listener: (event: QueryEvent) => void): Substrata<C, A>
  /** What Prisma itself has to say. */
  $on(event: 'warn' | 'error', listener: (event: LogEvent) => void): Substrata<C, A>
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
export type TransactionOf<C, A extends Additions = NoAdditions> = Omit<
  Substrata<C, A>,
  OnlyOutside | typeof Symbol.asyncDispose
>

interface InteractiveTransactions<C, A extends Additions> {
  $transaction<R>(
    body: (tx: TransactionOf<C, A>) => Promise<R>,
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
interface Extending<
  A extends Additions,
  MapOf extends TypeMapOf,
  Before extends ExtensionsOf,
  Map extends Types.Extensions.TypeMapDef,
> {
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
  ): Substrata<
    Types.Extensions.DynamicClientExtensionThis<Types.Utils.Call<MapOf, { extArgs: Merged }>, MapOf, Merged>,
    A
  >
}

type ExtendingOf<C, A extends Additions> = C extends { $extends: Hook<infer MapOf, infer Before> }
  ? Types.Utils.Call<MapOf, { extArgs: Before }> extends infer Map extends Types.Extensions.TypeMapDef
    ? Extending<A, MapOf, Before, Map>
    : unknown
  : unknown

/**
 * What features add to models: `methods` is written over `delegate`, the model as Prisma's client has it, and `meta`, what the
 * generator wrote of it. Both are filled in per model.
 */
export interface Additions {
  readonly schema: SchemaMeta
  readonly delegate: unknown
  readonly meta: ModelMeta
  readonly methods: object
}

/** None beside what every feature is. */
type NoAdditions = Additions

type MethodsOf<A extends Additions, Delegate, Meta> = (A & {
  readonly delegate: Delegate
  readonly meta: Meta
})['methods']

/** `db.user` is the model `User`, or `user`. */
type MetaOf<A extends Additions, Name> = Name extends keyof A['schema']['models']
  ? A['schema']['models'][Name]
  : Name extends string
    ? Capitalize<Name> extends keyof A['schema']['models']
      ? A['schema']['models'][Capitalize<Name>]
      : never
    : never

type ModelsOf<C, A extends Additions> = {
  readonly [Name in keyof C as C[Name] extends Model ? Name : never]: MethodsOf<A, C[Name], MetaOf<A, Name>>
}

interface Model {
  findFirst(...args: never): unknown
}

/** A Prisma client on Substrata. */
export type Substrata<C, A extends Additions = NoAdditions> = ClientMethods<C, A> &
  InteractiveTransactions<C, A> &
  ExtendingOf<C, A> &
  ModelsOf<C, A> &
  C
