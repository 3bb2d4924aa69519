/**
 * Calls of a model without Prisma's machinery around them. What a covered read costs most in Prisma's client is the way to
 * the engine: composite proxies, a captured call site, tracing.
 *
 * A call behaves as Prisma's own promise does: nothing runs until it is awaited, it runs once, it can be given to
 * `$transaction([…])`, and `.posts()` follows a relation. For everything beyond awaiting it makes Prisma's promise of the
 * same call and asks that.
 */
import { contextKey } from '../core/context.ts'
import { contextOfPromise } from './binding.ts'
import { type Bound, type DirectPath, guard, runBound } from './direct.ts'
import type { RuntimeModel } from './ground.ts'
import type { ClientRequest, ModelMethods, PrismaPromise } from './internals.ts'
import { operationOf } from './operation-of.ts'

export type Arguments = Readonly<Record<string, unknown>>

/** One model of one client. */
export interface ModelHandle {
  readonly path: DirectPath
  readonly model: RuntimeModel
  /** Prisma's own methods of the model. */
  prismas(): ModelMethods
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
    return { action: this.#covered.request.action, args: this.#args, model: this.#handle.model.name }
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
    this.#prisma ??= this.#handle.prismas()[this.#covered.request.action]!(this.#args)
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

/** True for a call that will go straight to the database, as it was made. */
export function isDirectCall(call: object): boolean {
  return call instanceof DirectCall
}

const callClasses = new WeakMap<RuntimeModel, typeof DirectCall>()

/** The calls of a model, with a method per relation for those that follow one. Made once per model of a ground. */
export function callClass(model: RuntimeModel): typeof DirectCall {
  const known = callClasses.get(model)
  if (known) return known
  class Call extends DirectCall {}
  for (const name of model.relations) {
    Object.defineProperty(Call.prototype, name, {
      value(this: DirectCall, args?: Arguments) {
        return (this.viaPrisma() as unknown as ModelMethods)[name]!(args)
      },
    })
  }
  callClasses.set(model, Call)
  return Call
}
