/**
 * Calls of a model without Prisma's machinery around them. What a covered read costs most in Prisma's client is the way to
 * the engine: composite proxies, a captured call site, tracing.
 *
 * A call behaves as Prisma's own promise does: nothing runs until it is awaited, it runs once, it can be given to
 * `$transaction([…])`, and `.posts()` follows a relation. For everything beyond awaiting it makes Prisma's promise of the
 * same call and asks that.
 */
import { contextKey, contextOfPromise } from './binding.ts'
import { type Bound, bindRequest, type DirectPath, guard, runBound } from './direct.ts'
import {
  type ClientRequest,
  type ModelMethods,
  modelMethods,
  modelProperty,
  type PrismaInternals,
  type PrismaPromise,
} from './internals.ts'
import { operationOf, reads, writes } from './operation-of.ts'

type Arguments = Readonly<Record<string, unknown>>

/** One model of one client. */
interface ModelHandle {
  readonly path: DirectPath
  readonly model: string
  /** Prisma's own methods of the model. */
  readonly methods: () => ModelMethods
}

class DirectCall implements PrismaPromise {
  readonly [Symbol.toStringTag] = 'PrismaPromise'
  readonly #handle: ModelHandle
  readonly #covered: Covered
  readonly #args: Arguments | undefined
  #answer: Promise<unknown> | undefined
  #prisma: PrismaPromise | undefined

  constructor(handle: ModelHandle, covered: Covered, args: Arguments | undefined) {
    this.#handle = handle
    this.#covered = covered
    this.#args = args
  }

  get [contextOfPromise](): string {
    return contextKey(this.#handle.path.context)
  }

  get spec() {
    return { action: this.#covered.request.action, args: this.#args, model: this.#handle.model }
  }

  // biome-ignore lint/suspicious/noThenProperty: this is a promise, as Prisma's own calls are
  then<A = unknown, B = never>(resolved?: Resolved<A>, rejected?: Rejected<B>): Promise<A | B> {
    return this.#run().then(resolved, rejected)
  }

  catch<B = never>(rejected?: Rejected<B>): Promise<unknown> {
    return this.#run().catch(rejected)
  }

  finally(settled?: (() => void) | null): Promise<unknown> {
    return this.#run().finally(settled)
  }

  requestTransaction(transaction: object): PromiseLike<unknown> {
    return this.viaPrisma().requestTransaction(transaction)
  }

  /** Prisma's own promise of this call. */
  viaPrisma(): PrismaPromise {
    this.#prisma ??= this.#handle.methods()[this.#covered.request.action]!(this.#args)
    return this.#prisma
  }

  #run(): Promise<unknown> {
    this.#answer ??= this.#start()
    return this.#answer
  }

  #start(): Promise<unknown> {
    const { path } = this.#handle
    const { request, bound } = this.#covered
    const viaPrisma = () => path.viaPrisma(request, request.callsite?._error)
    return guard(path, request, () => runBound(path, bound, request, operationOf(path, request), viaPrisma))
  }
}

/** A call that the compiler covers. */
interface Covered {
  readonly request: ClientRequest
  readonly bound: Bound
}

type Resolved<A> = ((value: unknown) => A | PromiseLike<A>) | null
type Rejected<B> = ((error: unknown) => B | PromiseLike<B>) | null

/**
 * A model as its client shows it: calls try the direct path first, whatever else the model has is Prisma's.
 *
 * @param base - What all clients stand on, without extensions.
 * @param prisma - The client's own, which takes longer to make than a read takes to run: asked for only where it is needed.
 */
export function directModel(
  path: DirectPath,
  base: PrismaInternals,
  prisma: () => PrismaInternals,
  model: string,
): object {
  const methods = () => modelMethods(prisma(), model)
  const handle: ModelHandle = { path, model, methods }
  const Call = callClass(base._runtimeDataModel.models[model]!)
  // Read once: every look at Prisma's client goes through layers of proxies.
  const { _extensions, _previewFeatures } = base
  const extended = { _extensions, ...(_previewFeatures && { _previewFeatures }) }
  const placeOf = base._errorFormat === 'minimal' ? nowhere : stackAbove
  function direct(action: string) {
    const clientMethod = `${modelProperty(model)}.${action}`
    return function make(args?: Arguments): PrismaPromise {
      const request = { model, action, clientMethod, args: args ?? {}, dataPath: [], callsite: placeOf(make) }
      const bound = bindRequest(path, extended, request)
      return 'uncovered' in bound ? methods()[action]!(args) : new Call(handle, { request, bound }, args)
    }
  }
  const own: Record<string | symbol, unknown> = {}
  return new Proxy(own, {
    get(_, name) {
      if (Object.hasOwn(own, name)) return own[name]
      if (typeof name !== 'string' || !actions.has(name)) return Reflect.get(methods(), name)
      own[name] = direct(name)
      return own[name]
    },
    has: (_, name) => Object.hasOwn(own, name) || Reflect.has(methods(), name),
    ownKeys: () => [...new Set([...Reflect.ownKeys(own), ...Reflect.ownKeys(methods())])],
    getOwnPropertyDescriptor(_, name) {
      const descriptor =
        Reflect.getOwnPropertyDescriptor(own, name) ?? Reflect.getOwnPropertyDescriptor(methods(), name)
      return descriptor && { ...descriptor, configurable: true }
    },
  })
}

const actions: ReadonlySet<string> = new Set([...reads, ...writes])

const nothing: NonNullable<ClientRequest['callsite']> = Object.freeze({})
const nowhere = () => nothing

function stackAbove(method: (args?: Arguments) => unknown): NonNullable<ClientRequest['callsite']> {
  const stack = {}
  Error.captureStackTrace(stack, method)
  return { _error: stack }
}

/** True for a call that will go straight to the database, as it was made. */
export function isDirectCall(call: object): boolean {
  return call instanceof DirectCall
}

type RuntimeModel = PrismaInternals['_runtimeDataModel']['models'][string]

const callClasses = new WeakMap<RuntimeModel, typeof DirectCall>()

/** The calls of a model, with a method per relation for those that follow one. Made once per model of the process. */
function callClass(model: RuntimeModel): typeof DirectCall {
  const known = callClasses.get(model)
  if (known) return known
  class Call extends DirectCall {}
  for (const { name, kind } of model.fields) {
    if (kind !== 'object') continue
    Object.defineProperty(Call.prototype, name, {
      value(this: DirectCall, args?: Arguments) {
        return (this.viaPrisma() as unknown as ModelMethods)[name]!(args)
      },
    })
  }
  callClasses.set(model, Call)
  return Call
}
