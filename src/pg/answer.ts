import { DatabaseError } from 'pg'

/**
 * What PostgreSQL answered, without values of rows: of a value that does not fit it quotes the value behind a colon. Undefined for
 * an error of another origin.
 */
export function answerOf(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError)) return undefined
  return error.code?.startsWith('22') ? error.message.replace(/:.*$/s, '') : error.message
}
