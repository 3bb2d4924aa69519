/** PostgreSQL's types as Prisma's runtime wants them: a column type, and how its text is handed over. */
import { type ColumnType, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils'
import { types } from 'pg'
import { parse as parseArray } from 'postgres-array'
import { unsupportedTypes } from './type-names.ts'

type Decode = (text: string) => unknown

interface Column {
  readonly type: ColumnType
  readonly decode: Decode
}

const { builtins } = types

/** The first OID that is not PostgreSQL's own: enums, domains, extensions' types. Prisma takes them as text. */
const FIRST_USER_OID = 16_384

const asText: Decode = (text) => text
const toBoolean: Decode = (text) => text === 't'
const toBytes: Decode = (text) => Buffer.from(text.slice(2), 'hex')
/** Prisma reads instants in ISO form; every connection runs in UTC, so the zone is known. */
const toTimestamp: Decode = (text) => `${text.replace(' ', 'T')}+00:00`
const toTimestamptz: Decode = (text) => text.replace(' ', 'T').replace(/[+-]\d{2}(:\d{2})?$/, '+00:00')
const withoutZone: Decode = (text) => text.replace(/[+-]\d{2}(:\d{2})?$/, '')
const withoutCurrency: Decode = (text) => text.slice(1)

const scalars: readonly (readonly [
  oid: number,
  arrayOid: number | undefined,
  type: keyof typeof ColumnTypeEnum,
  Decode,
])[] = [
  [builtins.INT2, 1005, 'Int32', Number],
  [builtins.INT4, 1007, 'Int32', Number],
  [builtins.INT8, 1016, 'Int64', asText],
  [builtins.OID, 1028, 'Int64', asText],
  [builtins.FLOAT4, 1021, 'Float', Number],
  [builtins.FLOAT8, 1022, 'Double', Number],
  [builtins.NUMERIC, 1231, 'Numeric', asText],
  [builtins.MONEY, 791, 'Numeric', withoutCurrency],
  [builtins.BOOL, 1000, 'Boolean', toBoolean],
  [builtins.BPCHAR, 1014, 'Text', asText],
  [builtins.TEXT, 1009, 'Text', asText],
  [builtins.VARCHAR, 1015, 'Text', asText],
  [builtins.BIT, 1561, 'Text', asText],
  [builtins.VARBIT, 1563, 'Text', asText],
  [builtins.INET, 1041, 'Text', asText],
  [builtins.CIDR, 651, 'Text', asText],
  [builtins.XML, 143, 'Text', asText],
  // "char" and name, which catalogue queries return.
  [18, undefined, 'Text', asText],
  [19, undefined, 'Text', asText],
  [builtins.DATE, 1182, 'Date', asText],
  [builtins.TIME, 1183, 'Time', asText],
  [builtins.TIMETZ, undefined, 'Time', withoutZone],
  [builtins.TIMESTAMP, 1115, 'DateTime', toTimestamp],
  [builtins.TIMESTAMPTZ, 1185, 'DateTime', toTimestamptz],
  [builtins.JSON, 199, 'Json', asText],
  [builtins.JSONB, 3807, 'Json', asText],
  [builtins.BYTEA, 1001, 'Bytes', toBytes],
  [builtins.UUID, 2951, 'Uuid', asText],
]

const arrayTypes: Readonly<Record<string, keyof typeof ColumnTypeEnum>> = {
  Int32: 'Int32Array',
  Int64: 'Int64Array',
  Float: 'FloatArray',
  Double: 'DoubleArray',
  Numeric: 'NumericArray',
  Boolean: 'BooleanArray',
  Text: 'TextArray',
  Date: 'DateArray',
  Time: 'TimeArray',
  DateTime: 'DateTimeArray',
  Json: 'JsonArray',
  Bytes: 'BytesArray',
  Uuid: 'UuidArray',
}

const columns = new Map<number, Column>()
for (const [oid, arrayOid, type, decode] of scalars) {
  columns.set(oid, { type: ColumnTypeEnum[type], decode })
  if (arrayOid === undefined) continue
  columns.set(arrayOid, { type: ColumnTypeEnum[arrayTypes[type]!], decode: (text) => parseArray(text, decode) })
}
// "char"[], which catalogue queries return.
columns.set(1002, { type: ColumnTypeEnum.CharacterArray, decode: (text) => parseArray(text, asText) })

const userDefined: Column = { type: ColumnTypeEnum.Text, decode: asText }

/** @throws DriverAdapterError for a built-in type that Prisma has no word for. */
export function columnOfType(oid: number): Column {
  const column = columns.get(oid)
  if (column) return column
  if (oid >= FIRST_USER_OID) return userDefined
  throw new DriverAdapterError({ kind: 'UnsupportedNativeDataType', type: unsupportedTypes.get(oid) ?? 'Unknown' })
}
