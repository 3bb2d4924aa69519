/**
 * A one-dimensional array in PostgreSQL's text format. Every element is quoted, so that none is taken for `NULL`.
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function arrayLiteral(texts: readonly (string | null)[]): string {
  if (texts.length === 0) return '{}'
  // Most often there is nothing to escape in any of them, and joining is much cheaper than to add one by one.
  const plain = !texts.includes(null) && !special.test(texts.join(''))
  return plain ? `{"${texts.join('","')}"}` : `{${texts.map(element).join(',')}}`
}

const special = /["\\]/

function element(text: string | null): string {
  if (text === null) return 'NULL'
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
