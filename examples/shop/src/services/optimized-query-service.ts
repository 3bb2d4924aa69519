import type { Post, Prisma, PrismaClient, User } from '../../generated/prisma/client.ts'
import { ShopError } from '../errors.ts'
import { latestFirst } from './page-cursor.ts'

const DAY = 86_400_000
const MOST_DAYS = 366

export interface PostFilters {
  authorId?: string
  /** Posts that carry at least one of these. */
  tags?: string[]
}

export type FoundPost = Post & { author: Pick<User, 'id' | 'name'>; tags: string[] }

export interface PostAnalytics {
  /** One entry for each day of the range, the latest first, also for days without posts. Days are those of UTC. */
  dailyStats: Array<{ date: Date; postCount: number; uniqueAuthors: number; avgContentLength: number }>
}

export class OptimizedQueryService {
  private readonly prisma: PrismaClient

  constructor(prisma: PrismaClient) {
    this.prisma = prisma
  }

  /** The latest twenty published posts whose title or content holds the query as it stands, in any case. */
  async searchPosts(query: string, filters: PostFilters = {}): Promise<FoundPost[]> {
    const contains = { contains: escapeLike(query), mode: 'insensitive' as const }
    const where: Prisma.PostWhereInput = { published: true, OR: [{ title: contains }, { content: contains }] }
    if (filters.authorId !== undefined) where.authorId = filters.authorId
    if (filters.tags !== undefined) where.tags = { some: { tag: { name: { in: filters.tags } } } }
    const posts = await this.prisma.post.findMany({
      where,
      include: {
        author: { select: { id: true, name: true } },
        tags: { select: { tag: { select: { name: true } } }, orderBy: { tag: { name: 'asc' } } },
      },
      orderBy: latestFirst,
      take: 20,
    })
    return posts.map((post) => ({ ...post, tags: post.tags.map(({ tag }) => tag.name) }))
  }

  /**
   * Published posts by day of UTC, from `startDate` to `endDate`, both included.
   * @throws ShopError INVALID_REQUEST where the range is empty or longer than a year
   */
  async getPostAnalytics(startDate: Date, endDate: Date): Promise<PostAnalytics> {
    if (startDate > endDate) throw new ShopError('INVALID_REQUEST', 'The range ends before it starts.', { field: 'to' })
    if (endDate.getTime() - startDate.getTime() > MOST_DAYS * DAY)
      throw new ShopError('INVALID_REQUEST', `The range is longer than ${MOST_DAYS} days.`, { field: 'to' })
    const dailyStats = await this.prisma.$queryRaw<PostAnalytics['dailyStats']>`
      SELECT
        day::date AS "date",
        coalesce(posts.count, 0)::int AS "postCount",
        coalesce(posts.authors, 0)::int AS "uniqueAuthors",
        coalesce(posts.length, 0)::float8 AS "avgContentLength"
      FROM generate_series(
        date_trunc('day', ${startDate}::timestamptz AT TIME ZONE 'UTC'),
        ${endDate}::timestamptz AT TIME ZONE 'UTC',
        interval '1 day'
      ) AS day
      LEFT JOIN (
        SELECT
          date_trunc('day', created_at AT TIME ZONE 'UTC') AS day,
          count(*) AS count,
          count(DISTINCT author_id) AS authors,
          avg(length(content)) AS length
        FROM posts
        WHERE published AND created_at >= ${startDate}::timestamptz AND created_at <= ${endDate}::timestamptz
        GROUP BY 1
      ) AS posts USING (day)
      ORDER BY day DESC`
    return { dailyStats }
  }
}

/** Prisma hands `contains` to LIKE as it is: a percent sign in the query would match anything. */
function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}
