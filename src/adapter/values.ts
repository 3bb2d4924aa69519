/**
 * Prisma's statement arguments as PostgreSQL's text format.
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
import type { ArgType, SqlQuery } from '@prisma/driver-adapter-utils'
import type { WireValue } from '../pg/statement.ts'

export function wireValues({ args, argTypes }: SqlQuery): WireValue[] {
  return args.map((arg, i) => wireValue(arg, argTypes[i]))
}

function wireValue(arg: unknown, type: ArgType | undefined): WireValue {
  if (arg === null || arg === undefined) return null
  if (Array.isArray(arg)) {
    // A list in a JSON argument is JSON; everywhere else it is an array.
    return type?.arity !== 'list' && type?.scalarType === 'json' ? JSON.stringify(arg) : arrayLiteral(arg, type)
  }
  if (type?.scalarType === 'datetime' && typeof arg === 'string') return formatDate(new Date(arg), type.dbType)
  if (type?.scalarType === 'bytes' && typeof arg === 'string') return Buffer.from(arg, 'base64')
  if (arg instanceof Date) return formatDate(arg, type?.dbType)
  if (ArrayBuffer.isView(arg)) return new Uint8Array(arg.buffer, arg.byteOffset, arg.byteLength)
  return typeof arg === 'string' ? arg : textOf(arg)
}

/** Whatever else JavaScript has: objects as JSON, everything else as it prints. */
function textOf(arg: unknown): string {
  if (typeof arg === 'object') return JSON.stringify(arg)
  // oxlint-disable-next-line typescript/no-base-to-string -- it is no object
  return String(arg)
}

function arrayLiteral(list: readonly unknown[], type: ArgType | undefined): string {
  const elements = list.map((element) => {
    if (Array.isArray(element)) return arrayLiteral(element, type)
    const value = wireValue(element, type)
    if (value === null) return 'NULL'
    const text = typeof value === 'string' ? value : `\\x${Buffer.from(value).toString('hex')}`
    return `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${elements.join(',')}}`
}

function formatDate(date: Date, dbType: string | undefined): string {
  const day = `${padded(date.getUTCFullYear(), 4)}-${padded(date.getUTCMonth() + 1, 2)}-${padded(date.getUTCDate(), 2)}`
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part) => padded(part, 2))
    .join(':')
  const milliseconds = date.getUTCMilliseconds()
  // Where the parameter has no type, PostgreSQL takes the text as it is: the same text as PrismaPg's.
  const time = milliseconds === 0 ? clock : `${clock}.${padded(milliseconds, 3)}`
  switch (dbType) {
    case 'TIME':
    case 'TIMETZ':
      return time
    case 'DATE':
      return day
    default:
      return `${day} ${time}`
  }
}

function padded(part: number, length: number): string {
  return String(part).padStart(length, '0')
}
