/**
 * Values on their way to and from PostgreSQL, by Prisma's types. Parameters travel as text, and so do results; inside a
 * nested relation a value arrives as JSON instead, where whatever JSON would bend (bigints, numerics, lists) is cast to text
 * first.
 *
 * @see https://www.postgresql.org/docs/current/datatype.html for the text formats
 */
import { parse as parseArray } from 'postgres-array'
import type { EnumMeta, FieldMeta, ScalarType } from '../schema/model-meta.ts'
import { arrayLiteral } from './array-literal.ts'
import type { Runtime } from './call.ts'
import { formatDateTime, parseDateTime } from './datetime.ts'
import type { Encode } from './parameters.ts'
import { uncovered } from './uncovered.ts'

/** Reads a value that is not null from PostgreSQL's text format. */
export type Decode = (text: string) => unknown

/** How one column's values are written and read. */
export interface Codec {
  /** A value of the column; for a list column, the whole list. */
  readonly encode: Encode
  /** One element of a list column; the same as `encode` elsewhere. */
  readonly encodeElement: Encode
  /** A list of values for `= ANY($1)`. */
  readonly encodeList: Encode
  /** Reads a value as it comes off the wire, null included. */
  readonly read: (cell: unknown) => unknown
  /** True where the column is cast to text inside JSON. */
  readonly jsonAsText: boolean
  /** Reads a value as it comes out of JSON, null included. */
  readonly readJson: (value: unknown) => unknown
}

/** The codec of a field; undefined where Prisma's client itself has no such column (`Unsupported`). */
export function codecOf(
  field: FieldMeta,
  enums: Readonly<Record<string, EnumMeta>>,
  runtime: Runtime,
): Codec | undefined {
  if (field.kind === 'unsupported') return undefined
  const element = field.kind === 'enum' ? enumCodec(enums[field.type]!) : scalarCodec(field, runtime)
  if (!element) return undefined
  const encodeList: Encode = (value) => encodeArray(value, element.encode)
  if (!field.list) {
    const { encode, decode, decodeJson } = element
    const read = orNull(decode)
    const readJson = decodeJson ? orNull(decodeJson) : read
    return { encode, encodeElement: encode, encodeList, read, jsonAsText: !decodeJson, readJson }
  }
  // Prisma reads a null list as an empty one.
  const read = (cell: unknown) => (cell === null ? [] : parseArray(cell as string, element.decode))
  return {
    encode: encodeList,
    encodeElement: element.encode,
    encodeList: () => uncovered('a list of lists'),
    read,
    jsonAsText: true,
    readJson: read,
  }
}

function orNull(decode: (value: never) => unknown): (cell: unknown) => unknown {
  return decode === asIs ? asIs : (cell) => (cell === null ? null : decode(cell as never))
}

interface ElementCodec {
  readonly encode: Encode
  readonly decode: Decode
  /** Present where JSON carries the type without loss. */
  readonly decodeJson?: (value: unknown) => unknown
}

/** Values that need no decoding. */
export const asIs = <T>(value: T): T => value

/** Native types whose text format Prisma's adapter does not read as the plain type's; written they are like any. */
const unreadable = ['Money', 'Bit', 'VarBit', 'Oid', 'Xml', 'Citext', 'Timetz']

export function isUnreadable(field: FieldMeta): boolean {
  return unreadable.includes(nativeName(field) ?? '')
}

export function isNumeric({ type }: FieldMeta): boolean {
  return ['Int', 'BigInt', 'Float', 'Decimal'].includes(type)
}

/** The native type, `VarChar(8)` without the length. */
export function nativeName({ native }: FieldMeta): string | undefined {
  return native?.replace(/\(.*$/, '')
}

function scalarCodec(field: FieldMeta, runtime: Runtime): ElementCodec | undefined {
  const native = nativeName(field)
  switch (field.type as ScalarType) {
    case 'String':
      return { encode: encodeString, decode: asIs, decodeJson: asIs }
    case 'Boolean':
      return { encode: encodeBoolean, decode: (text) => text === 't' || text === 'true', decodeJson: asIs }
    case 'Int':
      return { encode: encodeInt, decode: Number, decodeJson: asIs }
    case 'Float':
      // JSON has no word for NaN and the infinities: they come as strings.
      return { encode: encodeFloat, decode: Number, decodeJson: Number }
    case 'BigInt':
      return { encode: encodeBigInt, decode: BigInt }
    case 'Decimal':
      return { encode: (value) => encodeDecimal(value, runtime), decode: (text) => new runtime.Decimal(text) }
    case 'DateTime':
      return {
        encode: (value) => formatDateTime(value, native),
        decode: parseDateTime,
        decodeJson: (value) => parseDateTime(value as string),
      }
    case 'Json':
      return { encode: (value) => encodeJson(value, runtime), decode: JSON.parse, decodeJson: asIs }
    case 'Bytes':
      return { encode: encodeBytes, decode: decodeBytes, decodeJson: (value) => decodeBytes(value as string) }
    default:
      return undefined
  }
}

function encodeString(value: unknown): string {
  // Prisma lets PostgreSQL refuse a NUL; its error is Prisma's to give.
  return typeof value === 'string' && !value.includes('\0') ? value : uncovered('not a plain string')
}

function encodeBoolean(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : uncovered('not a boolean')
}

function encodeInt(value: unknown): string {
  return typeof value === 'number' && (value | 0) === value ? String(value) : uncovered('not a 32-bit integer')
}

function encodeFloat(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return uncovered('not a finite number')
  return Math.abs(value) >= 2 ** 63 ? wholeOfSixteenDigits(value) : String(value)
}

/** Beyond 64 bits Prisma keeps sixteen digits of a whole number, of the seventeen that a double may have. */
function wholeOfSixteenDigits(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential(15).split('e+')
  return digits.replace('.', '').padEnd(Number(exponent) + (value < 0 ? 2 : 1), '0')
}

const int8 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

function encodeBigInt(value: unknown): string {
  if (typeof value === 'bigint' && value >= int8.min && value <= int8.max) return value.toString()
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return uncovered('not a 64-bit integer')
}

function encodeDecimal(value: unknown, { Decimal }: Runtime): string {
  if (Decimal.isDecimal(value)) return value.isFinite() ? value.toFixed() : uncovered('not a finite decimal')
  if (typeof value === 'number' && Number.isFinite(value)) return new Decimal(value).toFixed()
  if (typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value)) return new Decimal(value).toFixed()
  return uncovered('not a plain decimal')
}

function encodeJson(value: unknown, runtime: Runtime): string | null {
  if (value === runtime.DbNull) return null
  if (value === runtime.JsonNull) return 'null'
  if (value === null || !isJson(value)) return uncovered('not plain JSON')
  return JSON.stringify(value)
}

/** Plain JSON through and through; anything with a `toJSON` of its own is Prisma's to judge. */
function isJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      // PostgreSQL's jsonb refuses NUL and half a surrogate pair; the error is Prisma's to give.
      return !/\p{Surrogate}|\0/u.test(value)
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object': {
      if (value === null) return true
      if (Array.isArray(value)) return value.every(isJson)
      if (Object.getPrototypeOf(value) !== Object.prototype) return false
      return Object.entries(value).every(([name, property]) => isJson(name) && isJson(property))
    }
    default:
      return false
  }
}

function encodeBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) return uncovered('not bytes')
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
}

function decodeBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

function enumCodec(meta: EnumMeta): ElementCodec {
  const labels = new Map(Object.entries(meta.values))
  const members = new Map(Object.entries(meta.values).map(([member, label]) => [label, member]))
  const decode = (label: string) => members.get(label) ?? uncovered('an enum label that the schema does not know')
  return {
    encode: (value) => labels.get(value as string) ?? uncovered('not a member of the enum'),
    decode,
    decodeJson: (value) => decode(value as string),
  }
}

function encodeArray(value: unknown, encodeElement: Encode): string {
  return Array.isArray(value)
    ? arrayLiteral(Array.from(value, (element) => encodeElement(element)))
    : uncovered('not a list')
}
