import { isSubstrataError } from '../../../core/errors.ts'
import { isPrismaFault } from '../prisma-fault.ts'

/** The error code that the native engine answers with for every failure. */
const SERVER_ERROR = 4466

interface RpcError {
  readonly code: number
  readonly message: string
  readonly data: object
}

/**
 * A failure as Prisma's CLI expects it. A panic is reported as an ordinary error: for a panic Prisma offers to send a report
 * about its own engine to its own developers.
 */
export function rpcError(error: unknown): RpcError {
  const message = error instanceof Error ? error.message : String(error)
  const prismaCode = codeOf(error)
  return {
    code: SERVER_ERROR,
    message: 'An error happened. Check the data field for details.',
    data:
      prismaCode === undefined
        ? { is_panic: false, message, backtrace: null }
        : { is_panic: false, message, meta: metaOf(error), error_code: prismaCode },
  }
}

function codeOf(error: unknown): string | undefined {
  if (isPrismaFault(error)) return error.prismaCode
  if (isSubstrataError(error) || !(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^P\d{4}$/.test(error.code) ? error.code : undefined
}

function metaOf(error: unknown): object {
  if (isPrismaFault(error)) return error.meta
  return error instanceof Error && 'meta' in error && typeof error.meta === 'object' ? (error.meta ?? {}) : {}
}
