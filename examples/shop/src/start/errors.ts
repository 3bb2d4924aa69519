import { isSubstrataError } from 'substrata'

/** Something the user can mend: shown as it is, without a stack trace. */
export class StartError extends Error {
  readonly exitCode: number

  constructor(message: string, options?: ErrorOptions & { exitCode?: number }) {
    super(message, options)
    this.name = 'StartError'
    this.exitCode = options?.exitCode ?? 1
  }
}

/** The exit code for a command that was written wrongly. */
export const USAGE = 2

/**
 * Whether an error says all there is to say: one of ours, or an answer of PostgreSQL or of the operating system. The stack trace of any
 * other is worth reading.
 */
export function isExpected(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (error instanceof StartError || isSubstrataError(error) || 'severity' in error || 'syscall' in error)
  )
}

/** What went wrong, and why. Drivers put several failed addresses into an error without a message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
