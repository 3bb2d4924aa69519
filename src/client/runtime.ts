import type { Runtime } from '../query/index.ts'

/** The classes of Prisma's runtime that arguments and results carry; the generated client has loaded it already. */
export async function prismaRuntime(): Promise<Runtime> {
  const { Decimal, DbNull, JsonNull, AnyNull, skip } = await import('@prisma/client/runtime/client')
  return { Decimal, DbNull, JsonNull, AnyNull, skip }
}
