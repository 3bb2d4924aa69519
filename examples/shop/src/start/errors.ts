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

/** What went wrong in one line. Drivers put several failed addresses into an error without a message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
