// What the errors of Prisma and Substrata mean to the services, told by their code:
// https://www.prisma.io/docs/orm/reference/error-reference, docs/reference/errors.md
import { isSubstrataError } from 'substrata'

/** A value that must be unique is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === 'P2002'
}

/** The row that a foreign key names does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return codeOf(error) === 'P2003'
}

/**
 * PostgreSQL gave the transaction up in favour of a concurrent one: run again, it can succeed. When that happens at COMMIT, Prisma
 * throws the driver's error without a code of its own, so the SQLSTATE decides: serialization_failure, deadlock_detected.
 */
export function isConflict(error: unknown): boolean {
  return codeOf(error) === 'P2034' || ['40001', '40P01'].includes(driverErrorOf(error)?.originalCode ?? '')
}

/** Prisma: everything about the connection is P1…; no connection or transaction to be had in time, too many connections. */
const unavailableCode = /^(?:P1\d{3}|P2024|P2028|P2037)$/

/** SQLSTATE classes: connection, login, no such database, resources used up, cancelled or shutting down. */
const unavailableState = /^(?:08|28|3D|53|57)...$/

/** Substrata: no connection to be had or kept, no answer in time. */
const unavailableHere = new Set<string>([
  'SUB_CONNECT_FAILED',
  'SUB_CONNECTION_LOST',
  'SUB_POOL_TIMEOUT',
  'SUB_POOL_FULL',
  'SUB_TIMEOUT',
  'SUB_CLOSED',
])

/** The database did not answer, for a reason that says nothing about the request. */
export function isUnavailable(error: unknown): boolean {
  if (isSubstrataError(error)) return unavailableHere.has(error.code)
  return unavailableCode.test(codeOf(error) ?? '') || unavailableState.test(driverErrorOf(error)?.originalCode ?? '')
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

interface DriverError {
  readonly cause?: { readonly originalCode?: string }
}

/** What the driver says, from an error of Prisma's, which holds the driver's, or from the driver's itself. */
function driverErrorOf(error: unknown): DriverError['cause'] {
  const { meta, cause } = (error ?? {}) as DriverError & { meta?: { driverAdapterError?: DriverError } }
  return meta?.driverAdapterError?.cause ?? cause
}
