/** The one place where names and literals become SQL text. Values of statements are parameters, never literals. */
import { escapeIdentifier, escapeLiteral } from 'pg'

/**
 * A quoted, dot-joined name: `identifier('public', 'users')` is `"public"."users"`.
 *
 * @throws TypeError for no part, an empty part or one with a NUL, which PostgreSQL cannot hold.
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export function identifier(...parts: readonly [string, ...string[]]): string {
  return parts
    .map((part) => {
      if (part === '' || part.includes('\0')) throw new TypeError('an identifier is neither empty nor holds a NUL')
      return escapeIdentifier(part)
    })
    .join('.')
}

/**
 * A quoted string, for utility statements that take no parameters (`CREATE ROLE … PASSWORD`, `SET`, `COMMENT`).
 *
 * @throws TypeError for a NUL, which PostgreSQL's text cannot hold.
 * @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS
 */
export function literal(value: string): string {
  if (value.includes('\0')) throw new TypeError('a literal holds no NUL')
  return escapeLiteral(value)
}
