/** Strings, quoted names and comments, which are passed over; then, in the group, a call that reads the context. */
const pieces =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"(?!\s*\.)|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|((?:(?:\b\w+|"(?:[^"]|"")*")\s*\.\s*)?\b(?:current_(?:user|tenant)_id\s*\(\s*\)|current_setting\s*\(\s*'[^']*'\s*(?:,\s*(?:true|false)\s*)?\)))/gi

/**
 * Puts every call that reads the context into a sub-select, so that PostgreSQL makes it once per statement and not once per
 * row, and can use the column's index.
 *
 * @see https://supabase.com/docs/guides/database/postgres/row-level-security#call-functions-with-select
 */
export function wrapContextCalls(sql: string): string {
  return sql.replace(pieces, (piece: string, _tag: unknown, call: string | undefined, at: number) => {
    if (call === undefined || /\(\s*select\s+$/i.test(sql.slice(0, at))) return piece
    return `(SELECT ${call})`
  })
}
