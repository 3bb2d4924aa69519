// What Prisma's errors mean to the services, told by their code: https://www.prisma.io/docs/orm/reference/error-reference

/** A value that must be unique is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === 'P2002'
}

/** The row that a foreign key names does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return codeOf(error) === 'P2003'
}

/** PostgreSQL gave the transaction up in favour of a concurrent one (40001, 40P01): run again, it can succeed. */
export function isConflict(error: unknown): boolean {
  return codeOf(error) === 'P2034'
}

/** Cannot reach the server, timed out, closed by the server, no connection or transaction to be had in time. */
const unavailable = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])

/** SQLSTATE classes of a server that is there but does not answer: 08 connection, 53 resources, 57 cancelled or stopping. */
const unavailableState = /^(?:08|53|57)...$/

/** The database did not answer, for a reason that says nothing about the request. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  if (code !== undefined && unavailable.has(code)) return true
  const state = sqlStateOf(error)
  if (state !== undefined && unavailableState.test(state)) return true
  return (
    error instanceof Error &&
    /timeout exceeded when trying to connect|Query read timeout|Connection terminated/.test(error.message)
  )
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

interface DriverFailure {
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: { readonly originalCode?: string } } }
}

function sqlStateOf(error: unknown): string | undefined {
  return (error as DriverFailure | undefined)?.meta?.driverAdapterError?.cause?.originalCode
}
