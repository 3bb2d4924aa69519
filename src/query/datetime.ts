/**
 * Dates as Prisma exchanges them: JavaScript's milliseconds, always UTC (every connection pins `TimeZone=UTC`).
 *
 * @see https://www.postgresql.org/docs/current/datatype-datetime.html
 */
import { uncovered } from './uncovered.ts'

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/** Writes a Date, or an ISO 8601 string with a zone, as the column's native type wants it. */
export function formatDateTime(value: unknown, native: string | undefined): string {
  return formatInstant(toDate(value).toISOString(), native)
}

/** Writes what `Date.toISOString` gives as the column's native type wants it. */
export function formatInstant(iso: string, native: string | undefined): string {
  // Years before 0 and after 9999 are written with a sign, which PostgreSQL does not read.
  if (iso.length !== 24) return uncovered('a year outside 0000 to 9999')
  switch (native) {
    case 'Date':
      return iso.slice(0, 10)
    case 'Time':
    case 'Timetz':
      return iso.slice(11, 23)
    default:
      return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`
  }
}

function toDate(value: unknown): Date {
  const date = typeof value === 'string' && isoInstant.test(value) ? new Date(value) : value
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date : uncovered('not a date')
}

const ZERO = 48

/**
 * Reads `date`, `time`, `timestamp` and `timestamptz`, as text (`2024-01-01 10:00:00+00`) and out of JSON
 * (`2024-01-01T10:00:00+00:00`); microseconds are cut to milliseconds, as Prisma cuts them.
 */
export function parseDateTime(text: string): Date {
  if (text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45) {
    const date = Date.UTC(digits(text, 0, 4), digits(text, 5, 7) - 1, digits(text, 8, 10))
    if (text.length === 10) return new Date(yearSafe(date, text))
    const between = text.charCodeAt(10)
    if ((between === SPACE || between === LETTER_T) && isUtc(text))
      return new Date(yearSafe(date, text) + timeOfDay(text, 11))
  }
  if (text.charCodeAt(2) === 58) return new Date(timeOfDay(text, 0))
  return uncovered('a date that JavaScript cannot hold')
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function yearSafe(utc: number, text: string): number {
  return text.startsWith('00') ? new Date(`${text.slice(0, 10)}T00:00:00Z`).getTime() : utc
}

const [SPACE, PLUS, MINUS, LETTER_C, LETTER_T] = [32, 43, 45, 67, 84]

/** True without a zone and with `+00` or `+00:00`; not with any other zone, nor with `BC`. */
function isUtc(text: string): boolean {
  const last = text.length - 1
  const sign = text.charCodeAt(last - 2)
  if (sign === PLUS) return text.endsWith('00')
  const ofMinutes = text.charCodeAt(last - 5)
  if (ofMinutes === PLUS) return text.endsWith('+00:00')
  return sign !== MINUS && ofMinutes !== MINUS && text.charCodeAt(last) !== LETTER_C
}

function timeOfDay(text: string, at: number): number {
  const seconds = digits(text, at, at + 2) * 3600 + digits(text, at + 3, at + 5) * 60 + digits(text, at + 6, at + 8)
  return seconds * 1000 + milliseconds(text, at + 8)
}

function milliseconds(text: string, at: number): number {
  if (text.charCodeAt(at) !== 46) return 0
  let value = 0
  for (let i = 1; i <= 3; i++) {
    const digit = text.charCodeAt(at + i) - ZERO
    value = value * 10 + (digit >= 0 && digit <= 9 ? digit : 0)
    // After the last digit the zone begins; what is missing counts as zero.
    if (!(digit >= 0 && digit <= 9)) return value * 10 ** (3 - i)
  }
  return value
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - ZERO
  return value
}
