import { type BatchesDone, type BatchOptions, processInBatches } from 'substrata'
import type { ShopClient, ShopTransaction } from './database-client-factory.ts'
import type { CreateUserData } from './user-service.ts'

export type BulkUser = Pick<CreateUserData, 'email' | 'name'>

/** What became of a user: of two with one address in one call the later one counts. */
export type BulkOutcome = 'inserted' | 'updated' | 'unchanged' | 'duplicate'

export interface UserStatistics {
  userCount: number
  /** Published posts. */
  postCount: number
  commentCount: number
  /** The ten users with the most published posts; whoever has none is not among them. */
  topAuthors: Array<{ id: string; name: string | null; email: string; _count: { posts: number } }>
}

export class BulkOperationService {
  private readonly prisma: ShopClient

  constructor(prisma: ShopClient) {
    this.prisma = prisma
  }

  /** Creates users, renames those who are there, by address: one statement, all of them or none. */
  async bulkUpsertUsers(users: readonly BulkUser[]): Promise<BulkOutcome[]> {
    const data = users.map(({ email, name }) => ({ email: email.toLowerCase(), ...(name !== undefined && { name }) }))
    const { rows } = await this.prisma.user.upsertMany({
      ...{ data, conflict: ['email'], update: ['name'], onDuplicate: 'last', outcome: 'rows' },
    } as const)
    return rows.map(({ outcome }) => outcome)
  }

  /**
   * Gives items to `processor` in batches, each a transaction of its own, run again where it lost a conflict.
   * @throws SUB_BATCHES_STOPPED with what is done, at the first failure
   */
  processBatchOperations<T>(
    items: readonly T[],
    batchSize: number = 100,
    processor: (batch: readonly T[], tx: ShopTransaction) => Promise<void>,
    options: Omit<BatchOptions, 'size'> = {},
  ): Promise<BatchesDone> {
    return processInBatches(this.prisma, items, { ...options, size: batchSize }, processor)
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
