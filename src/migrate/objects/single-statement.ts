/** A statement from a file or an annotation, without the semicolon and the blanks at its end: the script adds its own. */
export function singleStatement(sql: string): string {
  return sql
    .replaceAll('\r\n', '\n')
    .replace(/(?:\s|;)+$/, '')
    .replace(/^\s+/, '')
}
