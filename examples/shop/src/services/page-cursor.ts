import { ShopError } from '../errors.ts'

/** The place of a row in a list ordered by creation, the latest first; the id parts rows of the same millisecond. */
export interface Place {
  readonly createdAt: Date
  readonly id: string
}

export interface PaginatedResult<T> {
  items: T[]
  hasNextPage: boolean
  /** Opaque; given back, it continues after the last item. Null on the last page. */
  nextCursor: string | null
}

/** The order that a cursor walks. By `createdAt` alone, rows of the same millisecond would be repeated or skipped. */
export const latestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }]

/**
 * The rows after a place. The first condition says what the second implies, so that PostgreSQL starts reading the index at the
 * cursor: an OR alone makes it read, and drop, everything before.
 */
export function after(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const { createdAt, id } = decodeCursor(cursor)
  return { createdAt: { lte: createdAt }, OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] }
}

/** One page from up to `limit + 1` rows: the row too many only tells that there is a next page. */
export function pageOf<T extends Place>(rows: T[], limit: number): PaginatedResult<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const hasNextPage = rows.length > limit
  return { items, hasNextPage, nextCursor: hasNextPage && last ? encodeCursor(last) : null }
}

export function encodeCursor({ createdAt, id }: Place): string {
  return Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64url')
}

const placePattern = /^([1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\w-]{1,64})$/

/** @throws ShopError INVALID_REQUEST where the cursor is not one that {@link encodeCursor} made. */
export function decodeCursor(cursor: string): Place {
  const [, time, id] = placePattern.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const createdAt = new Date(time ?? Number.NaN)
  if (id === undefined || Number.isNaN(createdAt.getTime()))
    throw new ShopError('INVALID_REQUEST', 'The cursor is not one that this API gave out.', { field: 'cursor' })
  return { createdAt, id }
}
