/** SQL from an annotation, to be followed by more on its line: one that may end in a comment gets a line end behind it. */
export function fragment(sql: string): string {
  return sql.includes('--') ? `${sql}\n` : sql
}

/** A statement from a file or an annotation, without the semicolon and the blanks at its end: the script adds its own. */
export function singleStatement(sql: string): string {
  return fragment(
    sql
      .replaceAll('\r\n', '\n')
      .replace(/(?:\s|;)+$/, '')
      .replace(/^\s+/, ''),
  )
}
