/**
 * The client that users hold: a Prisma client bound to a context, with Substrata's methods beside Prisma's. All clients of
 * one `substrata()` call stand on one ground; a client is a view of it, made of a context, limits and extensions.
 */
import { type Context, type ContextInput, createContext } from '../core/context.ts'
import { contextMixed } from '../pg/errors.ts'
import { bind, contextKey, contextOfPromise } from './binding.ts'
import { type DirectPath, execute, pathOf } from './direct.ts'
import { directModel } from './direct-call.ts'
import { reasonMissing } from './errors.ts'
import type { CloseOptions, Ground } from './ground.ts'
import type { ClientRequest, PrismaInternals } from './internals.ts'
import type { PathTaken } from './path-taken.ts'
import { onPrismaEvent } from './prisma-events.ts'
import { replays } from './replay.ts'
import { type RetryOptions, retry } from './retry.ts'

/** Limits on every operation of a client. */
export interface Limits {
  /** Milliseconds until an operation is answered with SUB_TIMEOUT and stopped on the server. */
  readonly timeout?: number
  /** Stops running operations on the server and refuses new ones when it fires. */
  readonly signal?: AbortSignal
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
  const bound = bind(ground.prisma, {
    ...binding,
    execute: (extended, request, viaPrisma) => execute(path, extended, request, viaPrisma),
  })
  const prisma = view.extensions.reduce<PrismaInternals>((client, extension) => client.$extends(extension), bound)
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
    $with: (more: Limits) => clientOf(ground, { ...view, limits: { ...limits, ...more } }),
    $extends: (extension: object | ((client: object) => object)) =>
      typeof extension === 'function'
        ? extension(client)
        : clientOf(ground, { ...view, extensions: [...view.extensions, extension] }),
    $transaction: async (work: readonly object[] | Body, options?: object) => {
      if (Array.isArray(work)) requireOneContext(work, context)
      return prisma.$transaction(work, options)
    },
    $retry: (body: Body, options: RetryOptions = {}) => retry((given) => prisma.$transaction(body, given), options),
    $path: (call: { readonly spec?: Specification }): PathTaken => pathOf(path, prisma, requestOf(call)),
    $on: (event: string, listener: (event: unknown) => void) => {
      onPrismaEvent(ground, event, listener)
      return client
    },
    $events: ground.events,
    $close: (options?: CloseOptions) => ground.close(options),
    $disconnect: () => ground.close(),
    [Symbol.asyncDispose]: () => ground.close(),
  }
  // The calls of an extended client have to pass its extensions, which are Prisma's to run.
  const direct = ground.queryPath === 'direct' && view.extensions.length === 0
  const client: object = new Proxy(prisma, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name]
      const model = direct && typeof name === 'string' ? ground.models.get(name) : undefined
      if (model === undefined) return Reflect.get(target, name)
      own[name] = directModel(path, prisma, model)
      return own[name]
    },
    has: (target, name) => Object.hasOwn(own, name) || Reflect.has(target, name),
  })
  return client
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
