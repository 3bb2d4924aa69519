/**
 * A one-dimensional array in PostgreSQL's text format. Every element is quoted, so that none is taken for `NULL`.
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function arrayLiteral(texts: readonly (string | null)[]): string {
  let literal = '{'
  for (let i = 0; i < texts.length; i++) {
    if (i > 0) literal += ','
    const text = texts[i]!
    literal += text === null ? 'NULL' : quoted(text)
  }
  return `${literal}}`
}

const special = /["\\]/

function quoted(text: string): string {
  // Looking costs less than replacing nothing.
  return special.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}
