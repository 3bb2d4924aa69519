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

/** Its methods whose names begin with `$` are what users see, bound to it when they are asked for: they can be taken off it. */
class Client extends Front {
  readonly #ground: Ground
  readonly #view: View
  readonly #path: ClientPath
  /** The calls of an extended client have to pass its extensions, which are Prisma's to run. */
  readonly #direct: boolean
  #prismas: PrismaInternals | undefined

  constructor(ground: Ground, view: View) {
    super()
    const { context, limits, unprotected, extensions } = view
    this.#ground = ground
    this.#view = view
    this.#path = new ClientPath(ground, context, limits, unprotected)
    this.#direct = goesDirect(this.#path.queryPath) && extensions.length === 0 && ground.traits._extensions.isEmpty()
  }

  $as(input: ContextInput, body?: (db: object) => unknown): unknown {
    const inContext = this.#derived({ context: this.#ground.stages.admitContext(createContext(input)) })
    return body ? body(inContext) : inContext
  }

  $unprotected(reason: string): object {
    if (typeof reason !== 'string' || reason.trim() === '') throw reasonMissing({})
    return this.#derived({ unprotected: reason })
  }

  get $unprotectedCalls() {
    return this.#ground.unprotectedCalls
  }

  $with(more: Limits): object {
    return this.#derived({ limits: { ...this.#view.limits, ...limitsOf(more) } })
  }

  $extends(extension: object | ((client: object) => object)): object {
    if (typeof extension === 'function') return extension(this.shown)
    return this.#derived({ extensions: [...this.#view.extensions, extension] })
  }

  async $transaction(work: readonly object[] | Body, options?: object): Promise<unknown> {
    if (Array.isArray(work)) requireOneContext(work, this.#view.context)
    return this.prismas().$transaction(work, options)
  }

  $retry(body: Body, options?: RetryOptions): Promise<unknown> {
    return retry((given) => this.prismas().$transaction(body, given), options)
  }

  $path(call: { readonly spec?: Specification }): PathTaken {
    const taken = pathOf(this.#path, this.prismas(), requestOf(call))
    if (!this.#direct || taken.path === 'prisma' || isDirectCall(call)) return taken
    // Of a covered call only what follows a relation is not ours.
    return { path: 'prisma', reason: 'a fluent relation' }
  }

  $on(event: string, listener: (event: unknown) => void): object {
    onPrismaEvent(this.#ground, event, listener)
    return this.shown
  }

  get $events() {
    return this.#ground.events
  }

  $close(options?: CloseOptions): Promise<void> {
    return this.#ground.close(options)
  }

  $disconnect(): Promise<void> {
    return this.#ground.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#ground.close()
  }

  prismas(): PrismaInternals {
    this.#prismas ??= this.#bound()
    return this.#prismas
  }

  #bound(): PrismaInternals {
    const [ground, path] = [this.#ground, this.#path]
    const { extensions } = this.#view
    const bound = bind(ground.prisma, {
      path,
      extension: ground.extension,
      execute: (extended, request, operation, viaPrisma) => execute(path, extended, request, operation, viaPrisma),
    })
    // What a model's method sees as `$parent` is the client before the last extension: an empty one puts all of them there.
    const last = extensions.length > 0 ? [...extensions, { name: 'substrata' }] : []
    return last.reduce<PrismaInternals>((client, extension) => client.$extends(extension), bound)
  }

  protected make(name: string | symbol): unknown {
    const model = this.#direct && typeof name === 'string' ? this.#ground.models.get(name) : undefined
    if (model) return new DirectModel(this.#path, model, this).shown
    if (!added.has(name)) return undefined
    const value: unknown = Reflect.get(this, name)
    return typeof value === 'function' ? value.bind(this) : value
  }

  protected override added(): Iterable<string | symbol> {
    return added
  }

  protected override fromPrisma(name: string | symbol): unknown {
    // Whoever awaits a client or returns it from an async function asks; Prisma's would be made only to say no.
    return name === 'then' && this.#direct ? undefined : super.fromPrisma(name)
  }

  /** Another client of the same ground. */
  #derived(change: Partial<View>): object {
    return new Client(this.#ground, { ...this.#view, ...change }).shown
  }
}

const added: ReadonlySet<string | symbol> = new Set(
  Reflect.ownKeys(Client.prototype).filter((name) => typeof name === 'symbol' || name.startsWith('$')),
)

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
