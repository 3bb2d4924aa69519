import { identifier } from '../../pg/sql.ts'
import type { FieldMeta, ScalarType, SchemaMeta } from '../../schema/index.ts'
import type { Names } from './object.ts'

/** The types that Prisma gives columns without a native type. */
const defaults: Readonly<Record<ScalarType, string>> = {
  String: 'TEXT',
  Boolean: 'BOOLEAN',
  Int: 'INTEGER',
  BigInt: 'BIGINT',
  Float: 'DOUBLE PRECISION',
  Decimal: 'DECIMAL(65,30)',
  DateTime: 'TIMESTAMP(3)',
  Json: 'JSONB',
  Bytes: 'BYTEA',
}

/** The type of a field's column, in SQL. */
export function columnType(field: FieldMeta, schema: SchemaMeta, names: Names): string {
  const base = baseType(field, schema, names)
  return field.list ? `${base}[]` : base
}

function baseType({ kind, type, native }: FieldMeta, schema: SchemaMeta, names: Names): string {
  if (kind === 'unsupported') return type
  const declared = schema.enums[type]
  if (kind === 'enum')
    return declared === undefined
      ? identifier(type)
      : names.qualify(declared.schema ?? names.defaultSchema, declared.type)
  if (native !== undefined) return native.replace('DoublePrecision', 'DOUBLE PRECISION').toUpperCase()
  return defaults[type as ScalarType]
}
