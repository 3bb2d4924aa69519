/** Values of a source as a column's text for PostgreSQL: cells of CSV, and values of JSON. */
import { parse as parseArray } from 'postgres-array'
import type { Runtime } from '../../../query/call.ts'
import { type Column, newValue, Uncovered } from '../../../query/index.ts'
import type { FieldMeta } from '../../../schema/model-meta.ts'
import { Unreadable } from './record.ts'

/** @throws Unreadable */
export type ReadCell = (cell: string) => string | null

/** A cell of CSV. An empty one is null where the column may be null, and empty text where it is text. */
export function cellReader(column: Column, runtime: Runtime): ReadCell {
  const { field } = column
  const encode = newValue(column)
  const isText = field.type === 'String' && field.kind === 'scalar' && !field.list
  const none = field.type === 'Json' ? runtime.DbNull : null
  return (cell) => {
    if (cell === '' && (field.nullable || !isText)) {
      if (field.list) return '{}'
      if (!field.nullable) throw new Unreadable('empty', field.name, cell)
      return encode(none)
    }
    return attempt(field, cell, () => {
      const value = isText ? cell : cellValue(field, cell)
      return encode(field.type === 'Json' && value === null ? runtime.JsonNull : value)
    })
  }
}

/** A value of JSON, or of an object. */
export function valueReader(column: Column, runtime: Runtime): (value: unknown) => string | null {
  const { field } = column
  const encode = newValue(column)
  return (value) =>
    attempt(field, value, () => {
      if (value === null && field.type === 'Json') return encode(field.nullable ? runtime.DbNull : runtime.JsonNull)
      if (field.list && Array.isArray(value)) return encode(value.map((each) => jsonValue(field, each)))
      return encode(jsonValue(field, value))
    })
}

function attempt(field: FieldMeta, value: unknown, read: () => string | null): string | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Uncovered) throw new Unreadable(error.reason, field.name, value)
    if (error instanceof SyntaxError || error instanceof RangeError)
      throw new Unreadable(`no ${field.type}`, field.name, value)
    throw error
  }
}

/** Lists are written as JSON (`["a"]`) or as PostgreSQL writes them (`{a}`). */
function cellValue(field: FieldMeta, cell: string): unknown {
  if (!field.list) return scalarOf(field, cell)
  if (!cell.startsWith('[')) return parseArray(cell, (element) => scalarOf(field, element))
  const elements: unknown = JSON.parse(cell)
  if (!Array.isArray(elements)) throw new SyntaxError('not a list')
  return elements.map((element) => jsonValue(field, typeof element === 'string' ? scalarOf(field, element) : element))
}

const truths: Readonly<Record<string, boolean>> = { true: true, t: true, '1': true, false: false, f: false, '0': false }

function scalarOf({ kind, type, name }: FieldMeta, cell: string): unknown {
  if (kind === 'enum') return cell
  switch (type) {
    case 'Boolean':
      return truths[cell.toLowerCase()]
    case 'Int':
    case 'Float':
      // Number('') and Number(' 1') are numbers; cells like these are not.
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell)) throw new Unreadable('not a number', name, cell)
      return Number(cell)
    case 'BigInt':
      if (!/^[+-]?\d+$/.test(cell)) throw new Unreadable('not an integer', name, cell)
      return BigInt(cell)
    case 'DateTime':
      return instantOf(cell)
    case 'Json':
      return JSON.parse(cell)
    case 'Bytes':
      return bytesOf(cell)
    default:
      return cell
  }
}

/** What JSON cannot hold it holds as text: instants, bytes, integers beyond 2^53. */
function jsonValue(field: FieldMeta, value: unknown): unknown {
  if (typeof value !== 'string' || field.kind === 'enum') return value
  if (field.type === 'BigInt' || field.type === 'DateTime' || field.type === 'Bytes') return scalarOf(field, value)
  return value
}

/** ISO 8601, with a blank for the T if need be. Without a zone it is UTC, as everything that is stored. */
function instantOf(text: string): unknown {
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(text) ?? []
  if (day === undefined) return text
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.toUpperCase()
  return new Date(`${day}T${time}${offset}`)
}

/** `\x` and hexadecimal digits, else base64. */
function bytesOf(text: string): unknown {
  if (/^\\x([\da-f]{2})*$/i.test(text)) return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
  return /^[\w+/-]*={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : text
}
