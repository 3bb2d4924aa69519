import type { Answer } from '../adapter/index.ts'
import type { Context } from '../core/context.ts'
import { type BindingOptions, bind } from './binding.ts'
import type { DirectPath } from './direct.ts'
import type { Ground, QueryPaths } from './ground.ts'
import { type ClientRequest, modelMethods, type PrismaInternals } from './internals.ts'
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
  #plain: PrismaInternals | undefined

  constructor(ground: Ground, context: Context | undefined, limits: Limits, unprotected: string | undefined) {
    this.ground = ground
    this.context = context
    this.timeout = limits.timeout
    this.signal = limits.signal
    this.traceId = limits.traceId
    this.queryPath = limits.queryPath ?? ground.queryPath
    this.unprotected = unprotected
  }

  viaPrisma(request: ClientRequest, site?: object): Promise<unknown> {
    if (site) return call(this.#bound({ site }), request)
    this.#plain ??= this.#bound({})
    return call(this.#plain, request)
  }

  tell(request: ClientRequest, answer: Answer, site?: object): Promise<unknown> {
    return call(this.#bound({ answer, site }), request)
  }

  #bound(options: Partial<BindingOptions>): PrismaInternals {
    return bind(this.ground.prisma, { path: this, ...options })
  }
}

async function call(client: PrismaInternals, { model, action, args, transaction }: ClientRequest): Promise<unknown> {
  const made = modelMethods(client, model!)[action]!(args)
  return transaction?.kind === 'itx' ? made.requestTransaction(transaction) : made
}
