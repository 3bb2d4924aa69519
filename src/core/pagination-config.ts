/** The part of the configuration that is about pages. */
import { z } from 'zod/v3'
import type { CursorConfig } from './cursor.ts'
import { secret } from './secret.ts'

export interface PaginationInput {
  /**
   * Signs cursors; 32 characters at least. Of several the first one signs and all are accepted. Default:
   * `PAGINATION_CURSOR_KEY`, several separated by blanks. Without one, callers can make cursors of their own.
   */
  readonly cursorKey?: string | readonly string[] | undefined
  /** Milliseconds for which a cursor is accepted. Default 0: for ever. */
  readonly cursorTtl?: number | undefined
  /** Rows that a page may be asked for. Default 100. */
  readonly maxPageSize?: number | undefined
  /** Rows up to which `total: 'capped'` counts. Default 10,000. */
  readonly countCap?: number | undefined
}

export interface PaginationConfig extends CursorConfig {
  readonly maxPageSize: number
  readonly countCap: number
}

export const paginationSchema = z.strictObject({
  cursorKey: z.array(z.string().min(32, 'is shorter than 32 characters')),
  cursorTtl: z.number().int().min(0),
  maxPageSize: z.number().int().min(1).max(10_000),
  countCap: z.number().int().min(1).max(10_000_000),
})

/** What the code says over what the environment says; not checked yet. */
export function paginationOf(env: Readonly<Record<string, string | undefined>>, input: unknown = {}): unknown {
  if (typeof input !== 'object' || input === null) return input
  const { cursorKey = keysOf(env), ...rest } = input as PaginationInput
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const keys = typeof cursorKey === 'string' ? [cursorKey] : cursorKey
  return { cursorTtl: 0, maxPageSize: 100, countCap: 10_000, ...said, cursorKey: keys }
}

/** What was checked, its keys hidden. */
export function withSecrets({ cursorKey, ...rest }: z.infer<typeof paginationSchema>): PaginationConfig {
  return { ...rest, cursorKeys: cursorKey.map(secret) }
}

function keysOf({ PAGINATION_CURSOR_KEY = '' }: Readonly<Record<string, string | undefined>>): string[] {
  return PAGINATION_CURSOR_KEY.split(/\s+/).filter((key) => key !== '')
}
