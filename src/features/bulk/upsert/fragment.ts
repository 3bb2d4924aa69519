/** SQL that the caller wrote with `Prisma.sql`, over the rows of an upsert. */
import type { Column } from '../../../query/index.ts'
import { Reference } from './reference.ts'

/** Names the columns of one row in a statement. */
export type RowNames = (column: Column) => string

/** Registers a parameter and returns its placeholder. */
export type WireParameters = (text: string | null) => string

/** What `Prisma.sql` makes: texts with values between them. */
export interface Fragment {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
}

export function isFragment(value: unknown): value is Fragment {
  if (typeof value !== 'object' || value === null) return false
  const { strings, values } = value as Partial<Fragment>
  return Array.isArray(strings) && Array.isArray(values) && strings.length === values.length + 1
}

export function renderFragment(
  { strings, values }: Fragment,
  existing: RowNames,
  excluded: RowNames,
  parameter: WireParameters,
): string {
  let sql = strings[0]!
  values.forEach((value, i) => {
    sql += `${valueSql(value, existing, excluded, parameter)}${strings[i + 1]!}`
  })
  return sql
}

function valueSql(value: unknown, existing: RowNames, excluded: RowNames, parameter: WireParameters): string {
  if (value instanceof Reference) return (value.row === 'existing' ? existing : excluded)(value.column)
  if (value === null) return parameter(null)
  if (value instanceof Date) return parameter(value.toISOString())
  return parameter(typeof value === 'string' ? value : jsonText(value))
}

/** Numbers, booleans and objects as JSON writes them; JSON has no bigints. */
function jsonText(value: unknown): string {
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value)
}
