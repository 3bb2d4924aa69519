import type { Prisma } from '../../generated/prisma/client.ts'
import { ShopError } from '../errors.ts'
import type { ShopClient } from './database-client-factory.ts'
import { paginatedResult } from './pages.ts'

const DAY = 86_400_000
const MOST_DAYS = 366

export interface PostSearch {
  authorId?: string | undefined
  /** Posts that carry at least one of these. */
  tags?: string[] | undefined
  /** The best first, which is how it is without one, or the newest. */
  order?: 'rank' | 'newest' | undefined
  /** How many; default 20. */
  first?: number | undefined
  /** `nextCursor` of the page before. */
  after?: string | undefined
}

export type FoundPost = FoundPosts['items'][number]
export type FoundPosts = Awaited<ReturnType<OptimizedQueryService['searchPosts']>>

export interface PostAnalytics {
  /** The zone whose days these are. */
  timeZone: string
  /** `view`: counted beforehand, at `refreshedAt`. `rows`: counted now, since nobody counts beforehand in this zone. */
  source: 'view' | 'rows'
  refreshedAt: Date | null
  /** One entry for each day of the range, the latest first, also for days without posts. */
  dailyStats: DailyStats[]
}

export interface DailyStats {
  /** At midnight of UTC, whatever the zone. */
  date: Date
  postCount: number
  uniqueAuthors: number
  avgContentLength: number
}

/** The zones of the view DailyPostStats. */
const countedZones: readonly string[] = ['UTC', 'Europe/Berlin']

const withAuthorAndTags = {
  author: { select: { id: true, name: true } },
  tags: { select: { tag: { select: { name: true } } }, orderBy: { tag: { name: 'asc' } } },
} satisfies Prisma.PostInclude

export class OptimizedQueryService {
  private readonly db: ShopClient

  constructor(db: ShopClient) {
    this.db = db
  }

  /** Published posts about something: words in any form, `"phrases"`, `or`, `-without`; and how many of them carry which tag. */
  async searchPosts(query: string, { authorId, tags, order = 'rank', first = 20, after }: PostSearch = {}) {
    const where: Prisma.PostWhereInput = { published: true }
    if (authorId !== undefined) where.authorId = authorId
    if (tags !== undefined) where.tags = { some: { tag: { name: { in: tags } } } }
    const { items, pageInfo, facets, matched, capped } = await this.db.post.search(query, {
      where,
      include: withAuthorAndTags,
      order,
      first,
      after: after ?? null,
      highlight: ['title', 'content'],
      facets: ['tags.tag.name'],
    })
    const posts = items.map((post) => ({ ...post, tags: post.tags.map(({ tag }) => tag.name) }))
    return {
      ...paginatedResult({ items: posts, pageInfo }),
      facets: { tags: facets['tags.tag.name'] },
      matched,
      capped,
    }
  }

  /**
   * Published posts by day, from one day to another, both included; of the dates only the day of UTC counts.
   *
   * @param options.timeZone - By whose clock a day begins; default UTC.
   * @throws ShopError INVALID_REQUEST where the range is empty or longer than a year, or there is no such zone
   */
  async getPostAnalytics(startDate: Date, endDate: Date, { timeZone = 'UTC' } = {}): Promise<PostAnalytics> {
    const from = new Date(startDate.toISOString().slice(0, 10))
    const to = new Date(endDate.toISOString().slice(0, 10))
    if (from > to) throw new ShopError('INVALID_REQUEST', 'The range ends before it starts.', { field: 'to' })
    if (to.getTime() - from.getTime() > MOST_DAYS * DAY)
      throw new ShopError('INVALID_REQUEST', `The range is longer than ${MOST_DAYS} days.`, { field: 'to' })
    if (!countedZones.includes(timeZone)) {
      const stats = await this.countDays(from, to, requireZone(timeZone))
      return { timeZone, source: 'rows', refreshedAt: null, dailyStats: everyDay(from, to, stats) }
    }
    const view = this.db.dailyPostStats
    const [refreshedAt, stats] = await Promise.all([
      view.refreshedAt({ maxAge: '15m' }),
      view.findMany({ where: { timeZone, day: { gte: from, lte: to } } }),
    ])
    const dailyStats = stats.map(({ day, postCount, uniqueAuthors, avgContentLength }) => {
      return { date: day, postCount, uniqueAuthors, avgContentLength }
    })
    return { timeZone, source: 'view', refreshedAt, dailyStats: everyDay(from, to, dailyStats) }
  }

  private countDays(from: Date, to: Date, timeZone: string): Promise<DailyStats[]> {
    const [first, last] = [isoDay(from), isoDay(to)]
    return this.db.$queryRaw<DailyStats[]>`
      SELECT
        (created_at AT TIME ZONE ${timeZone})::date AS "date",
        count(*)::int AS "postCount",
        count(DISTINCT author_id)::int AS "uniqueAuthors",
        avg(length(content))::float8 AS "avgContentLength"
      FROM posts
      WHERE published
        AND created_at >= ${first}::date::timestamp AT TIME ZONE ${timeZone}
        AND created_at < (${last}::date + 1)::timestamp AT TIME ZONE ${timeZone}
      GROUP BY 1`
  }
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** Days that nobody has written on are zero. */
function everyDay(from: Date, to: Date, stats: readonly DailyStats[]): DailyStats[] {
  const known = new Map(stats.map((each) => [isoDay(each.date), each]))
  const days: DailyStats[] = []
  for (let day = to.getTime(); day >= from.getTime(); day -= DAY) {
    const date = new Date(day)
    days.push(known.get(isoDay(date)) ?? { date, postCount: 0, uniqueAuthors: 0, avgContentLength: 0 })
  }
  return days
}

function requireZone(timeZone: string): string {
  try {
    // Of the same database of zones as PostgreSQL's, in the spelling that it is known by.
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch (cause) {
    throw new ShopError('INVALID_REQUEST', 'There is no such time zone.', { field: 'timeZone', cause })
  }
}
