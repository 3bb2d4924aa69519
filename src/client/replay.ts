/** A call made again on Prisma's own path, where only Prisma can say what is to be said. */
import { type BindingOptions, bind } from './binding.ts'
import type { DirectPath } from './direct.ts'
import { type ClientRequest, modelMethods, type PrismaInternals } from './internals.ts'

/** How a client's direct path reaches Prisma; see {@link DirectPath}. */
export function replays(base: PrismaInternals, binding: BindingOptions): Pick<DirectPath, 'viaPrisma' | 'tell'> {
  let plain: PrismaInternals | undefined
  return {
    viaPrisma(request, site) {
      if (site) return call(bind(base, { ...binding, site }), request)
      plain ??= bind(base, binding)
      return call(plain, request)
    },
    tell(request, answer, site) {
      return call(bind(base, { ...binding, answer, site }), request)
    },
  }
}

async function call(client: PrismaInternals, { model, action, args, transaction }: ClientRequest): Promise<unknown> {
  const made = modelMethods(client, model!)[action]!(args)
  return transaction?.kind === 'itx' ? made.requestTransaction(transaction) : made
}
