/**
 * Rows in COPY's text format, with their number from 1 as the last column.
 *
 * @see https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2
 */
export function copyText(columns: readonly (readonly (string | null)[])[], rows: number): Buffer {
  let text = ''
  for (let row = 0; row < rows; row++) {
    for (const texts of columns) {
      const value = texts[row]!
      text += value === null ? '\\N\t' : `${escaped(value)}\t`
    }
    text += `${row + 1}\n`
  }
  return Buffer.from(text, 'utf8')
}

const special = /[\\\t\n\r]/
const all = /[\\\t\n\r]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escaped(value: string): string {
  // Looking costs less than replacing nothing.
  return special.test(value) ? value.replace(all, (character) => escapes[character]!) : value
}
