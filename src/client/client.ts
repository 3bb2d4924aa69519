/**
 * The client that users hold: a Prisma client bound to a context, with Substrata's methods beside Prisma's. All clients of
 * one `substrata()` call stand on one ground; a client is a view of it, made of a context, limits and extensions.
 */
import { type Context, type ContextInput, contextKey, createContext } from '../core/context.ts'
import { contextMixed } from '../pg/errors.ts'
import { bind, contextOfPromise } from './binding.ts'
import { ClientPath } from './client-path.ts'
import { execute, pathOf } from './direct.ts'
import { isDirectCall } from './direct-call.ts'
import { DirectModel } from './direct-model.ts'
import { reasonMissing } from './errors.ts'
import { Front } from './front.ts'
import { type CloseOptions, type Ground, goesDirect } from './ground.ts'
import type { ClientRequest, PrismaInternals } from './internals.ts'
import { type Limits, limitsOf } from './limits.ts'
import type { PathTaken } from './path-taken.ts'
import { onPrismaEvent } from './prisma-events.ts'
import { type RetryOptions, retry } from './retry.ts'

interface View {
  readonly context: Context | undefined
  readonly limits: Limits
  /** Why the calls of this client need no context. */
  readonly unprotected: string | undefined
  /** The user's extensions, in the order in which they were added. */
  readonly extensions: readonly object[]
}

type Body = (tx: object) => Promise<unknown>

/** The client without context, limits or extensions. */
export function createClient(ground: Ground): object {
  return new Client(ground, { context: undefined, limits: {}, unprotected: undefined, extensions: [] }).shown
}

/** It costs next to nothing until something of it is asked for: an application makes one per request. */
class Client extends Front {
  readonly ground: Ground
  readonly view: View
  readonly path: ClientPath
  /** The calls of an extended client have to pass its extensions, which are Prisma's to run. */
  readonly direct: boolean
  #prismas: PrismaInternals | undefined

  constructor(ground: Ground, view: View) {
    super()
    const { context, limits, unprotected, extensions } = view
    this.ground = ground
    this.view = view
    this.path = new ClientPath(ground, context, limits, unprotected)
    this.direct = goesDirect(this.path.queryPath) && extensions.length === 0 && ground.traits._extensions.isEmpty()
  }

  /** Another client of the same ground. */
  but(change: Partial<View>): object {
    return new Client(this.ground, { ...this.view, ...change }).shown
  }

  prismas(): PrismaInternals {
    this.#prismas ??= this.#bound()
    return this.#prismas
  }

  #bound(): PrismaInternals {
    const { ground, path } = this
    const { extensions } = this.view
    const bound = bind(ground.prisma, {
      path,
      extension: ground.extension,
      execute: (extended, request, operation, viaPrisma) => execute(path, extended, request, operation, viaPrisma),
    })
    // What a model's method sees as `$parent` is the client before the last extension: an empty one puts all of them there.
    const last = extensions.length > 0 ? [...extensions, { name: 'substrata' }] : []
    return last.reduce<PrismaInternals>((client, extension) => client.$extends(extension), bound)
  }

  protected override added(): readonly (string | symbol)[] {
    return Reflect.ownKeys(methods)
  }

  protected make(name: string | symbol): unknown {
    const model = this.direct && typeof name === 'string' ? this.ground.models.get(name) : undefined
    if (model !== undefined) return new DirectModel(this.path, model, this).shown
    return Object.hasOwn(methods, name) ? methods[name]!(this) : undefined
  }
}

/** What a client has beside Prisma's methods. Each is made for one client, so that it can be taken off it. */
const methods: Readonly<Record<string | symbol, (client: Client) => unknown>> = {
  $as: (client) => (input: ContextInput, body?: (db: object) => unknown) => {
    const inContext = client.but({ context: client.ground.stages.admitContext(createContext(input)) })
    return body ? body(inContext) : inContext
  },
  $unprotected: (client) => (reason: string) => {
    if (typeof reason !== 'string' || reason.trim() === '') throw reasonMissing({})
    return client.but({ unprotected: reason })
  },
  $unprotectedCalls: ({ ground }) => ground.unprotectedCalls,
  $with: (client) => (more: Limits) => client.but({ limits: { ...client.view.limits, ...limitsOf(more) } }),
  $extends: (client) => (extension: object | ((client: object) => object)) =>
    typeof extension === 'function'
      ? extension(client.shown)
      : client.but({ extensions: [...client.view.extensions, extension] }),
  $transaction: (client) => async (work: readonly object[] | Body, options?: object) => {
    if (Array.isArray(work)) requireOneContext(work, client.view.context)
    return client.prismas().$transaction(work, options)
  },
  $retry: (client) => (body: Body, options?: RetryOptions) =>
    retry((given) => client.prismas().$transaction(body, given), options),
  $path:
    (client) =>
    (call: { readonly spec?: Specification }): PathTaken => {
      const taken = pathOf(client.path, client.prismas(), requestOf(call))
      if (!client.direct || taken.path === 'prisma' || isDirectCall(call)) return taken
      // Of a covered call only what follows a relation is not ours.
      return { path: 'prisma', reason: 'a fluent relation' }
    },
  $on:
    ({ ground, shown }) =>
    (event: string, listener: (event: unknown) => void) => {
      onPrismaEvent(ground, event, listener)
      return shown
    },
  $events: ({ ground }) => ground.events,
  $close:
    ({ ground }) =>
    (options?: CloseOptions) =>
      ground.close(options),
  $disconnect:
    ({ ground }) =>
    () =>
      ground.close(),
  [Symbol.asyncDispose]:
    ({ ground }) =>
    () =>
      ground.close(),
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
