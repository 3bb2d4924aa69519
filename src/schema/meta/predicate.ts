import type { Value } from '../syntax/values.ts'

/**
 * The SQL of a partial index's `where`: as written in `raw("…")`, or from Prisma's object form, word for word as Prisma's engine
 * writes it into CREATE INDEX.
 */
export function predicateOf(value: Value | undefined, columnOf: (field: string) => string): string | undefined {
  if (value?.kind === 'call') {
    const text = value.arguments[0]?.value
    return text?.kind === 'string' ? text.value : undefined
  }
  if (value?.kind !== 'object') return undefined
  return value.entries
    .map((entry) => condition(`"${columnOf(entry.key).replaceAll('"', '""')}"`, entry.value))
    .join(' AND ')
}

function condition(column: string, value: Value): string {
  if (value.kind === 'object') {
    const not = value.entries[0]?.value
    if (not) return isNull(not) ? `${column} IS NOT NULL` : `${column} != ${literal(not)}`
  }
  return isNull(value) ? `${column} IS NULL` : `${column} = ${literal(value)}`
}

function isNull(value: Value): boolean {
  return value.kind === 'word' && value.value === 'null'
}

function literal(value: Value): string {
  if (value.kind === 'number') return value.digits
  if (value.kind === 'boolean') return String(value.value)
  return `'${('value' in value ? value.value : '').replaceAll("'", "''")}'`
}
