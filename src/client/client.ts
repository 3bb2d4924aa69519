/**
 * The client that users hold: a Prisma client bound to a context, with Substrata's methods beside Prisma's. All clients of
 * one `substrata()` call stand on one ground; a client is a view of it, made of a context, limits and extensions.
 */
import { type Context, type ContextInput, createContext } from '../core/context.ts'
import { contextMixed } from '../pg/errors.ts'
import { bind, contextKey, contextOfPromise } from './binding.ts'
import { type DirectPath, execute, pathOf } from './direct.ts'
import { directModel, isDirectCall } from './direct-call.ts'
import { limitUnknown, reasonMissing } from './errors.ts'
import { type CloseOptions, type Ground, goesDirect, type QueryPath } from './ground.ts'
import type { ClientRequest, PrismaInternals } from './internals.ts'
import type { PathTaken } from './path-taken.ts'
import { onPrismaEvent } from './prisma-events.ts'
import { replays } from './replay.ts'
import { type RetryOptions, retry } from './retry.ts'

/** What `$with` sets for every operation of a client. */
export interface Limits {
  /** Milliseconds until an operation is answered with SUB_TIMEOUT and stopped on the server. */
  readonly timeout?: number
  /** Stops running operations on the server and refuses new ones when it fires. */
  readonly signal?: AbortSignal
  /** Of the request that the operations serve; their events and log lines carry it. */
  readonly traceId?: string
  /** `'prisma'` sends these operations through Prisma's runtime: `db.$with({ queryPath: 'prisma' }).post.findMany()`. */
  readonly queryPath?: QueryPath
}

interface View {
  readonly context: Context | undefined
  readonly limits: Limits
  /** Why the calls of this client need no context. */
  readonly unprotected?: string
  /** The user's extensions, in the order in which they were added. */
  readonly extensions: readonly object[]
}

type Body = (tx: object) => Promise<unknown>

/** The client without context, limits or extensions. */
export function createClient(ground: Ground): object {
  return clientOf(ground, { context: undefined, limits: {}, extensions: [] })
}

function clientOf(ground: Ground, view: View): object {
  const { context, limits, unprotected } = view
  const binding = { context, transactions: ground.transactions, stages: ground.stages, ...limits }
  const path: DirectPath = {
    ...ground,
    ...binding,
    unprotected,
    ...replays(ground.prisma, binding),
  }
  /** Made when it is asked for: a client that serves one request often needs nothing of it. */
  const inner = once((): PrismaInternals => {
    const bound = bind(ground.prisma, {
      ...binding,
      extension: ground.extension,
      path,
      execute: (extended, request, operation, viaPrisma) => execute(path, extended, request, operation, viaPrisma),
    })
    // What a model's method sees as `$parent` is the client before the last extension: an empty one puts all of them there.
    const last = view.extensions.length > 0 ? [...view.extensions, { name: 'substrata' }] : []
    return last.reduce<PrismaInternals>((client, extension) => client.$extends(extension), bound)
  })
  // The calls of an extended client have to pass its extensions, which are Prisma's to run.
  const extended = view.extensions.length > 0 || !ground.prisma._extensions.isEmpty()
  const direct = goesDirect(path.queryPath) && !extended
  const own: Record<string | symbol, unknown> = {
    $as: (input: ContextInput, body?: (db: object) => unknown) => {
      const inContext = clientOf(ground, { ...view, context: ground.stages.admitContext(createContext(input)) })
      return body ? body(inContext) : inContext
    },
    $unprotected: (reason: string) => {
      if (typeof reason !== 'string' || reason.trim() === '') throw reasonMissing({})
      return clientOf(ground, { ...view, unprotected: reason })
    },
    $unprotectedCalls: ground.unprotectedCalls,
    $with: (more: Limits) => clientOf(ground, { ...view, limits: { ...limits, ...limitsOf(more) } }),
    $extends: (extension: object | ((client: object) => object)) =>
      typeof extension === 'function'
        ? extension(client)
        : clientOf(ground, { ...view, extensions: [...view.extensions, extension] }),
    $transaction: async (work: readonly object[] | Body, options?: object) => {
      if (Array.isArray(work)) requireOneContext(work, context)
      return inner().$transaction(work, options)
    },
    $retry: (body: Body, options: RetryOptions = {}) => retry((given) => inner().$transaction(body, given), options),
    $path: (call: { readonly spec?: Specification }): PathTaken => {
      const taken = pathOf(path, inner(), requestOf(call))
      if (!direct || taken.path === 'prisma' || isDirectCall(call)) return taken
      // Of a covered call only what follows a relation is not ours.
      return { path: 'prisma', reason: 'a fluent relation' }
    },
    $on: (event: string, listener: (event: unknown) => void) => {
      onPrismaEvent(ground, event, listener)
      return client
    },
    $events: ground.events,
    $close: (options?: CloseOptions) => ground.close(options),
    $disconnect: () => ground.close(),
    [Symbol.asyncDispose]: () => ground.close(),
  }
  // Not a proxy of Prisma's client itself: what is fixed there, such as the missing $on, could not be another here.
  const client: object = new Proxy(own, {
    get(_, name) {
      if (Object.hasOwn(own, name)) return own[name]
      const model = direct && typeof name === 'string' ? ground.models.get(name) : undefined
      if (model === undefined) return Reflect.get(inner(), name)
      own[name] = directModel(path, ground.prisma, inner, model)
      return own[name]
    },
    has: (_, name) => Object.hasOwn(own, name) || Reflect.has(inner(), name),
    ownKeys: () => [...new Set([...Reflect.ownKeys(own), ...Reflect.ownKeys(inner())])],
    getOwnPropertyDescriptor(_, name) {
      const descriptor = Reflect.getOwnPropertyDescriptor(own, name) ?? Reflect.getOwnPropertyDescriptor(inner(), name)
      return descriptor && { ...descriptor, configurable: true }
    },
  })
  return client
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

const limitNames: readonly string[] = ['timeout', 'signal', 'traceId', 'queryPath'] satisfies readonly (keyof Limits)[]

/**
 * Nothing but limits gets past: what a client is made of, its context first of all, stands beside them.
 *
 * @throws SUB_LIMIT_UNKNOWN
 */
function limitsOf(given: Limits): Limits {
  const stranger = Object.keys(given).find((name) => !limitNames.includes(name))
  if (stranger !== undefined) throw limitUnknown({ name: stranger, known: limitNames })
  return given
}

/** @throws SUB_CONTEXT_MIXED unless every call of Prisma's was made by a client of this context. */
function requireOneContext(calls: readonly object[], context: Context | undefined): void {
  for (const call of calls as readonly (Partial<MarkedCall> | undefined)[]) {
    // Prisma has its own words for what is not a call of a client.
    if (call?.[Symbol.toStringTag] !== 'PrismaPromise') continue
    if (call[contextOfPromise] !== contextKey(context)) throw contextMixed({ operation: 'A call in $transaction([…])' })
  }
}

interface MarkedCall {
  readonly [Symbol.toStringTag]: string
  readonly [contextOfPromise]: string
}

interface Specification {
  readonly action: string
  readonly args?: Readonly<Record<string, unknown>>
  readonly model?: string
}

function requestOf({ spec }: { readonly spec?: Specification }): ClientRequest {
  if (!spec) return { action: '$queryRaw', clientMethod: '$queryRaw', dataPath: [] }
  return { ...spec, clientMethod: spec.action, dataPath: [] }
}
