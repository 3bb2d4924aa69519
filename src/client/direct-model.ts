import { bindRequest, type DirectPath } from './direct.ts'
import { type Arguments, callClass, type ModelHandle } from './direct-call.ts'
import { Front } from './front.ts'
import type { RuntimeModel } from './ground.ts'
import {
  type ClientRequest,
  type ModelMethods,
  modelMethods,
  type PrismaInternals,
  type PrismaPromise,
} from './internals.ts'
import { reads, writes } from './operation-of.ts'

/** A model as its client shows it: calls try the direct path first, whatever else the model has is Prisma's. */
export class DirectModel extends Front implements ModelHandle {
  readonly path: DirectPath
  readonly model: RuntimeModel
  readonly #client: { prismas(): PrismaInternals }

  /** @param client - Asked for Prisma's own only where it is needed: that takes longer to make than a read takes to run. */
  constructor(path: DirectPath, model: RuntimeModel, client: { prismas(): PrismaInternals }) {
    super()
    this.path = path
    this.model = model
    this.#client = client
  }

  prismas(): ModelMethods {
    return modelMethods(this.#client.prismas(), this.model.name)
  }

  protected make(name: string | symbol): unknown {
    return typeof name === 'string' && actions.has(name) ? this.#method(name) : undefined
  }

  #method(action: string) {
    const { path, model } = this
    const { traits } = path.ground
    const Call = callClass(model)
    const clientMethod = `${model.property}.${action}`
    const placeOf = traits._errorFormat === 'minimal' ? nowhere : stackAbove
    const make = (args?: Arguments): PrismaPromise => {
      const callsite = placeOf(make)
      const request = { model: model.name, action, clientMethod, args: args ?? {}, dataPath: [], callsite }
      const bound = bindRequest(path, traits, request)
      return 'uncovered' in bound ? this.prismas()[action]!(args) : new Call(this, { request, bound }, args)
    }
    return make
  }
}

const actions: ReadonlySet<string> = new Set([...reads, ...writes])

type Place = NonNullable<ClientRequest['callsite']>

const nothing: Place = Object.freeze({})
const nowhere = () => nothing

function stackAbove(method: (args?: Arguments) => unknown): Place {
  const stack = {}
  Error.captureStackTrace(stack, method)
  return { _error: stack }
}
