/**
 * Calls of a model without Prisma's machinery around them. What a covered read costs most in Prisma's client is the way to
 * the engine: composite proxies, a captured call site, tracing.
 *
 * A call behaves as Prisma's own promise does: nothing runs until it is awaited, it runs once, it can be given to
 * `$transaction([…])`, and `.posts()` follows a relation. For everything beyond awaiting it makes Prisma's promise of the
 * same call and asks that.
 */
import { contextKey, contextOfPromise } from './binding.ts'
import { bindRequest, type DirectPath, guard, reads, runBound, writes } from './direct.ts'
import { type ModelMethods, modelMethods, type PrismaInternals, type PrismaPromise } from './internals.ts'

type Arguments = Readonly<Record<string, unknown>>

/** One model of one client. */
interface ModelHandle {
  readonly path: DirectPath
  readonly prisma: PrismaInternals
  readonly model: string
  /** Prisma's own methods of the model. */
  readonly methods: ModelMethods
}

class DirectCall implements PrismaPromise {
  readonly [Symbol.toStringTag] = 'PrismaPromise'
  readonly #handle: ModelHandle
  readonly #action: string
  readonly #args: Arguments | undefined
  #answer: Promise<unknown> | undefined
  #prisma: PrismaPromise | undefined

  constructor(handle: ModelHandle, action: string, args: Arguments | undefined) {
    this.#handle = handle
    this.#action = action
    this.#args = args
  }

  get [contextOfPromise](): string {
    return contextKey(this.#handle.path.context)
  }

  get spec() {
    return { action: this.#action, args: this.#args, model: this.#handle.model }
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
    this.#prisma ??= this.#handle.methods[this.#action]!(this.#args)
    return this.#prisma
  }

  #run(): Promise<unknown> {
    this.#answer ??= this.#start()
    return this.#answer
  }

  #start(): Promise<unknown> {
    const { path, prisma, model } = this.#handle
    const request = { model, action: this.#action, clientMethod: this.#action, args: this.#args ?? {}, dataPath: [] }
    const bound = bindRequest(path, prisma, request)
    if ('uncovered' in bound) return this.viaPrisma().then(asIs)
    return guard(path, request, () => runBound(path, bound, request, () => path.viaPrisma(request)))
  }
}

type Resolved<A> = ((value: unknown) => A | PromiseLike<A>) | null
type Rejected<B> = ((error: unknown) => B | PromiseLike<B>) | null

const asIs = <T>(value: T): T => value

/** A model as its client shows it: calls try the direct path first, whatever else the model has is Prisma's. */
export function directModel(path: DirectPath, prisma: PrismaInternals, model: string): object {
  const methods = modelMethods(prisma, model)
  const handle: ModelHandle = { path, prisma, model, methods }
  const Call = callClass(prisma._runtimeDataModel.models[model]!)
  const own: PropertyDescriptorMap = {}
  for (const action of [...reads, ...writes]) {
    own[action] = { value: (args?: Arguments) => new Call(handle, action, args), enumerable: true }
  }
  return Object.create(methods, own)
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
