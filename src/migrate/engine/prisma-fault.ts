/**
 * A failure in Prisma's own terms: its code (`P1001`, …; https://www.prisma.io/docs/orm/reference/error-reference) and its
 * wording. The stand-in engine hands it on to Prisma's CLI as it is; the typed engine turns it into a SubstrataError.
 */
export interface PrismaFault extends Error {
  readonly prismaCode: string
  readonly meta: Readonly<Record<string, unknown>>
}

export function prismaFault(
  prismaCode: string,
  message: string,
  meta: Record<string, unknown> = {},
  cause?: unknown,
): PrismaFault {
  return Object.assign(new Error(message, { cause }), { prismaCode, meta })
}

export function isPrismaFault(error: unknown): error is PrismaFault {
  return error instanceof Error && 'prismaCode' in error && typeof error.prismaCode === 'string'
}
