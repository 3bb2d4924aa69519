/** A call made again on Prisma's own path, where only Prisma can say what is to be said. */
import { type BindingOptions, bind } from './binding.ts'
import type { DirectPath } from './direct.ts'
import { type ClientRequest, modelMethods, type PrismaInternals } from './internals.ts'

/** How a client's direct path reaches Prisma; see {@link DirectPath}. */
export function replays(base: PrismaInternals, binding: BindingOptions): Pick<DirectPath, 'viaPrisma' | 'tell'> {
  let plain: PrismaInternals | undefined
  return {
    viaPrisma(request) {
      plain ??= bind(base, binding)
      return call(plain, request)
    },
    tell(request, answer) {
      return call(bind(base, { ...binding, answer }), request)
    },
  }
}

async function call(client: PrismaInternals, { model, action, args }: ClientRequest): Promise<unknown> {
  return modelMethods(client, model!)[action]!(args)
}
