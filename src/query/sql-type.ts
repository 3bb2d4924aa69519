/** The SQL type of a field's column, without length or precision: those the column applies itself when it is written. */
import type { FieldMeta } from '../schema/model-meta.ts'
import { type Catalog, qualified } from './catalog.ts'
import { nativeName } from './codec.ts'
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

/** Native types that a value of the scalar's own type is not assigned to, is rounded twice for, or is refused by in other words. */
const natives: Readonly<Record<string, string>> = {
  Uuid: 'uuid',
  Inet: 'inet',
  Real: 'real',
  SmallInt: 'smallint',
  Timestamptz: 'timestamptz',
  Date: 'date',
  Time: 'time',
  Json: 'json',
  Money: 'money',
  // Unquoted it would be one bit.
  Bit: '"bit"',
  VarBit: 'varbit',
  Citext: 'citext',
  Oid: 'oid',
  Xml: 'xml',
  Timetz: 'timetz',
}

export function columnType(field: FieldMeta, catalog: Catalog): string {
  const { kind, type, native, list } = field
  const element = kind === 'enum' ? enumType(catalog, type) : (natives[nativeName(field) ?? ''] ?? scalars[type])
  if (element === undefined) return uncovered(`a column of type ${native ?? type}`)
  return list ? `${element}[]` : element
}

function enumType(catalog: Catalog, name: string): string {
  const { type, schema } = catalog.enum(name)
  return qualified(type, schema)
}

/**
 * The type in which a value is the same as what a column has kept of it: rounded as the column rounds. Only for comparing;
 * a cast to it cuts what is too long, where the column refuses it.
 */
export function comparedType(field: FieldMeta, catalog: Catalog): string {
  const { native = '', list } = field
  const [, name = '', size = ''] = /^(\w+)(\(.*\))?$/.exec(native) ?? []
  const element = rounding[name]
  if (element === undefined) return columnType(field, catalog)
  const type = `${element}${element === 'bpchar' ? '' : size}`
  return list ? `${type}[]` : type
}

/**
 * The type in which two values are equal only where they are the same to whoever reads them: `citext` knows no case, and `json`
 * and `xml` no equality.
 */
export function identityType(field: FieldMeta, catalog: Catalog): string {
  const { native = '', list } = field
  if (!['Citext', 'Json', 'Xml'].includes(native)) return comparedType(field, catalog)
  return list ? 'text[]' : 'text'
}

/** What follows a blank-padded text does not count. */
const rounding: Readonly<Record<string, string>> = {
  Decimal: 'numeric',
  Timestamp: 'timestamp',
  Timestamptz: 'timestamptz',
  Time: 'time',
  Timetz: 'timetz',
  Char: 'bpchar',
}
