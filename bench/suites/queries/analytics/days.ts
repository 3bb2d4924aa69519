/** Statistics of ninety days: what is right. */
import { equal, ok } from 'node:assert/strict'
import { END } from '../rows.ts'

export const DAYS = 90
const DAY = 86_400_000

export const from = new Date(END - DAYS * DAY)
export const to = new Date(END - DAY)

export interface DailyStatistics {
  readonly day: Date
  readonly posts: number
  readonly authors: number
  readonly length: number
}

/** A day has 2,880 posts, nine in ten of them published. */
export function checkDays(days: readonly DailyStatistics[]): void {
  equal(days.length, DAYS)
  for (const [i, { day, posts, authors, length }] of days.entries()) {
    equal(day.getTime(), to.getTime() - i * DAY)
    ok(posts > 2_580 && posts < 2_600)
    ok(authors > 0 && authors <= posts && length > 100)
  }
}
