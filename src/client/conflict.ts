/** A transaction that PostgreSQL has rolled back since another was in its way: a serialization failure or a deadlock. */
import { DriverAdapterError } from '@prisma/driver-adapter-utils'

const kind = 'TransactionWriteConflict'

/** P2034, and what raw queries say of the same (P2010). */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, meta } = error as { code?: unknown; meta?: { driverAdapterError?: { cause?: { kind?: unknown } } } }
  return code === 'P2034' || meta?.driverAdapterError?.cause?.kind === kind
}

/**
 * Prisma says P2034 of every conflict but one that the COMMIT of an interactive transaction finds: there it throws the
 * adapter's error, which has no code. Whoever looks for P2034 to try again would miss it.
 */
export async function asP2034(error: unknown, clientVersion: string): Promise<unknown> {
  if (!(error instanceof DriverAdapterError) || error.cause.kind !== kind) return error
  // Loaded by the generated client long ago.
  const { PrismaClientKnownRequestError } = await import('@prisma/client/runtime/client')
  const message = 'Transaction failed due to a write conflict or a deadlock. Please retry your transaction'
  return new PrismaClientKnownRequestError(message, {
    code: 'P2034',
    clientVersion,
    meta: { driverAdapterError: error },
  })
}
