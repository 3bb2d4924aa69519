import type { PrismaClient } from '../../generated/prisma/client.ts'

export interface UserStatistics {
  userCount: number
  /** Published posts. */
  postCount: number
  commentCount: number
  /** The ten users with the most published posts; whoever has none is not among them. */
  topAuthors: Array<{ id: string; name: string | null; email: string; _count: { posts: number } }>
}

export class BulkOperationService {
  private readonly prisma: PrismaClient

  constructor(prisma: PrismaClient) {
    this.prisma = prisma
  }

  /** All numbers from one statement, hence from one snapshot: they add up, whatever is written meanwhile. */
  async getUserStatistics(): Promise<UserStatistics> {
    const [statistics] = await this.prisma.$queryRaw<[UserStatistics]>`
      SELECT
        (SELECT count(*) FROM users)::int AS "userCount",
        (SELECT count(*) FROM posts WHERE published)::int AS "postCount",
        (SELECT count(*) FROM comments)::int AS "commentCount",
        (SELECT coalesce(json_agg(author), '[]') FROM (
          SELECT users.id, users.name, users.email, json_build_object('posts', written.posts) AS "_count"
          FROM (
            SELECT author_id, count(*) AS posts FROM posts WHERE published
            GROUP BY author_id ORDER BY posts DESC, author_id LIMIT 10
          ) AS written
          JOIN users ON users.id = written.author_id
          ORDER BY written.posts DESC, users.id
        ) AS author) AS "topAuthors"`
    return statistics
  }
}
