/** PostgreSQL's limit for names, in bytes. */
const limit = 63

/**
 * The name Prisma gives a constraint or index that has none: `posts_author_id_idx`, `posts_pkey`. Too long ones are cut before the suffix.
 */
export function constraintName(
  table: string,
  columns: readonly string[],
  suffix: 'pkey' | 'key' | 'idx' | 'fkey',
): string {
  const end = `_${suffix}`
  const parts = suffix === 'pkey' ? [table] : [table, ...columns]
  return cut(parts.join('_'), limit - end.length) + end
}

/** A name cut to what PostgreSQL takes. */
export function cutName(name: string): string {
  return cut(name, limit)
}

/** Cuts to a number of bytes, never inside a character. */
function cut(text: string, bytes: number): string {
  let length = 0
  let kept = ''
  for (const character of text) {
    length += Buffer.byteLength(character)
    if (length > bytes) break
    kept += character
  }
  return kept
}

/** `TimestampTzMinMaxOps` to `timestamptz_minmax_ops`: Prisma's names of operator classes to PostgreSQL's. */
export function operatorClassName(name: string): string {
  const words = name
    .replace('MinMax', 'Minmax')
    .replace('stampTz', 'stamptz')
    .replace('TimeTz', 'Timetz')
    .replace('VarBit', 'Varbit')
  return words.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
}
