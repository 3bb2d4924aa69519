/** How much is seeded. Everything about the rows follows from these five numbers and the day. */
export interface SeedPlan {
  readonly seed: number
  /** No row is younger than this. */
  readonly now: Date
  readonly users: number
  readonly posts: number
  readonly comments: number
  readonly orders: number
}

/**
 * The plan for a scale: 1 is 5,000 users, 50,000 posts, 150,000 comments and 20,000 orders.
 *
 * Rows count back from the start of the UTC day of `today`, so that there is recent activity whenever the shop is seeded,
 * and two seeds of one day are equal.
 */
export function planSeed(options: { scale: number; today?: Date; seed?: number }): SeedPlan {
  const { scale, today = new Date(), seed = 1 } = options
  const count = (base: number): number => Math.max(1, Math.round(base * scale))
  return {
    seed,
    now: new Date(Math.floor(today.getTime() / DAY) * DAY),
    users: count(5_000),
    posts: count(50_000),
    comments: count(150_000),
    orders: count(20_000),
  }
}

/** Milliseconds. */
export const DAY = 86_400_000
