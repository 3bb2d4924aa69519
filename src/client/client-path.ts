import type { Answer } from '../adapter/index.ts'
import type { Context } from '../core/context.ts'
import { type BindingOptions, bind } from './binding.ts'
import type { DirectPath } from './direct.ts'
import type { Ground, QueryPaths } from './ground.ts'
import { type ClientRequest, modelMethods, type PrismaInternals, type PrismaPromise } from './internals.ts'
import type { Limits } from './limits.ts'

/** The way of one client's calls: see {@link DirectPath}. Prisma's own clients for it are made when a call needs one. */
export class ClientPath implements DirectPath {
  readonly ground: Ground
  readonly context: Context | undefined
  readonly timeout: number | undefined
  readonly signal: AbortSignal | undefined
  readonly traceId: string | undefined
  readonly queryPath: QueryPaths
  readonly unprotected: string | undefined
  #kept: PrismaInternals | undefined

  constructor(ground: Ground, context: Context | undefined, limits: Limits, unprotected: string | undefined) {
    this.ground = ground
    this.context = context
    this.timeout = limits.timeout
    this.signal = limits.signal
    this.traceId = limits.traceId
    this.queryPath = limits.queryPath ?? ground.queryPath
    this.unprotected = unprotected
  }

  async viaPrisma(request: ClientRequest, site?: object): Promise<unknown> {
    const call = callOf(site ? this.#bound({ site }) : this.#plain(), request)
    const { transaction } = request
    return transaction?.kind === 'itx' ? call.requestTransaction(transaction) : call
  }

  async tell(request: ClientRequest, answer: Answer, site?: object): Promise<unknown> {
    return callOf(this.#bound({ answer, site }), request)
  }

  #plain(): PrismaInternals {
    this.#kept ??= this.#bound({})
    return this.#kept
  }

  #bound(options: Partial<BindingOptions>): PrismaInternals {
    return bind(this.ground.prisma, { path: this, ...options })
  }
}

function callOf(client: PrismaInternals, { model, action, args }: ClientRequest): PrismaPromise {
  return modelMethods(client, model!)[action]!(args)
}
