/** The SQL type of a field's column, without length or precision: those the column applies itself when it is written. */
import type { FieldMeta } from '../schema/model-meta.ts'
import { type Catalog, qualified } from './catalog.ts'
import { uncovered } from './uncovered.ts'

const scalars: Readonly<Record<string, string>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric',
  DateTime: 'timestamp',
  Json: 'jsonb',
  Bytes: 'bytea',
}

/** Native types that a value of the scalar's own type is not assigned to, or not without rounding twice. */
const natives: Readonly<Record<string, string>> = {
  Uuid: 'uuid',
  Inet: 'inet',
  Real: 'real',
  Timestamptz: 'timestamptz',
  Date: 'date',
  Time: 'time',
  Json: 'json',
}

export function columnType({ kind, type, native, list }: FieldMeta, catalog: Catalog): string {
  const element =
    kind === 'enum' ? enumType(catalog, type) : (natives[native?.replace(/\(.*$/, '') ?? ''] ?? scalars[type])
  if (element === undefined) return uncovered(`a column of type ${native ?? type}`)
  return list ? `${element}[]` : element
}

function enumType(catalog: Catalog, name: string): string {
  const { type, schema } = catalog.enum(name)
  return qualified(type, schema)
}
