/** What the readers of all formats hand to the import. */
import type { Column } from '../../../query/index.ts'

/** Records that give the same fields. */
export interface Shape {
  readonly fields: readonly string[]
}

/** One row of the source, its values as PostgreSQL's text. */
export interface GoodRecord {
  /** Of a text the line on which it begins, from 1; of objects their number, from 1. */
  readonly line: number
  readonly shape: Shape
  /** In the order of the shape's fields. */
  readonly texts: readonly (string | null)[]
}

/** A row that cannot be written. */
export interface BadRow {
  /** Of a text the line on which it begins, from 1; of objects their number, from 1. */
  readonly line: number
  /** The column or field that is at fault, where one is. */
  readonly column: string | undefined
  readonly reason: string
  /** PostgreSQL's SQLSTATE, where it was the database that refused the row. */
  readonly code: string | undefined
  /** What is there, without being shown: `string(12)`. */
  readonly value: string | undefined
}

/** Some rows in a row. */
export interface Batch {
  readonly good: readonly GoodRecord[]
  readonly bad: readonly BadRow[]
  /** Bytes of the source up to the end of it; of objects their number. */
  readonly end: number
  /** Lines up to the end of it. */
  readonly lines: number
}

/** A value as errors may show it: its type and length. */
export function redacted(value: unknown): string {
  if (typeof value === 'string') return `string(${value.length})`
  if (Array.isArray(value)) return `list(${value.length})`
  return value === null ? 'null' : typeof value
}

/** Raised by readers of a value; becomes a {@link BadRow}. */
export class Unreadable extends Error {
  readonly column: Column['field']['name'] | undefined
  readonly value: unknown

  constructor(reason: string, column?: string, value?: unknown) {
    super(reason)
    this.column = column
    this.value = value
  }
}

export function badRowOf(line: number, error: unknown): BadRow {
  if (!(error instanceof Unreadable)) throw error
  const { column, message: reason, value } = error
  return { line, column, reason, code: undefined, value: value === undefined ? undefined : redacted(value) }
}
