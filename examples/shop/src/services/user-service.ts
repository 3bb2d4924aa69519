import type { Post, Prisma, User, UserProfile } from '../../generated/prisma/client.ts'
import { ShopError } from '../errors.ts'
import type { ShopClient } from './database-client-factory.ts'
import { isUniqueViolation } from './database-errors.ts'
import { type PaginatedResult, paginatedResult } from './pages.ts'

const DAY = 86_400_000

export type UserWithActivity = User & {
  profile: UserProfile | null
  posts: Post[]
  _count: { posts: number; comments: number }
}

export type UserWithProfile = Omit<UserWithActivity, 'posts'>

export type ListedPost = Post & {
  author: Pick<User, 'id' | 'name'>
  _count: { comments: number }
}

export interface PostPageFilters {
  tag?: string
  authorId?: string
}

export interface CreateUserData {
  /** Of the user who signs up, under whose own context it is written; else one is made. */
  id?: string
  email: string
  name?: string
  profile?: { bio?: string; avatar?: string; location?: string; website?: string }
}

const published = { published: true }
const latestUpdate = [{ updatedAt: 'desc' as const }, { id: 'desc' as const }]
const counts = { _count: { select: { posts: { where: published }, comments: true } } }

export class UserService {
  private readonly prisma: ShopClient

  constructor(prisma: ShopClient) {
    this.prisma = prisma
  }

  /**
   * Users who published or commented in the last days, the latest updated first, with up to five of those posts.
   *
   * Two short lists merged, not one with OR: a semi-join each, which PostgreSQL answers from either end, by walking the users
   * until enough were active or by reading what happened in the window, whichever is shorter.
   */
  async getUsersWithRecentActivity(limit: number = 10, daysBack: number = 30): Promise<UserWithActivity[]> {
    const since = { gte: new Date(Date.now() - daysBack * DAY) }
    const [authors, commenters] = await Promise.all([
      this.latestUsers({ posts: { some: { createdAt: since, ...published } } }, limit),
      this.latestUsers({ comments: { some: { createdAt: since } } }, limit),
    ])
    return this.prisma.user.findMany({
      where: { id: { in: [...authors, ...commenters].map((user) => user.id) } },
      include: {
        profile: true,
        posts: { where: { createdAt: since, ...published }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 5 },
        ...counts,
      },
      orderBy: latestUpdate,
      take: limit,
    })
  }

  private latestUsers(where: Prisma.UserWhereInput, limit: number): Promise<{ id: string }[]> {
    return this.prisma.user.findMany({ where, orderBy: latestUpdate, take: limit, select: { id: true } })
  }

  /**
   * Published posts, the latest first. Pages stay exact while posts are added and removed.
   * @throws SUB_CURSOR_INVALID, SUB_CURSOR_MISMATCH for a cursor of other filters, or of somebody else
   */
  async getPaginatedPosts(
    cursor?: string,
    limit: number = 20,
    { tag, authorId }: PostPageFilters = {},
  ): Promise<PaginatedResult<ListedPost>> {
    const page = await this.prisma.post.paginate({
      first: limit,
      after: cursor,
      where: {
        ...published,
        ...(authorId !== undefined && { authorId }),
        ...(tag !== undefined && { tags: { some: { tag: { name: tag } } } }),
      },
      include: {
        author: { select: { id: true, name: true } },
        _count: { select: { comments: true } },
      },
      orderBy: { createdAt: 'desc' },
    })
    return paginatedResult(page)
  }

  /** @throws ShopError NOT_FOUND */
  async getUser(id: string): Promise<UserWithProfile> {
    const user = await this.prisma.user.findUnique({ where: { id }, include: { profile: true, ...counts } })
    if (user === null) throw new ShopError('NOT_FOUND', 'There is no user with this id.')
    return user
  }

  /** @throws ShopError EMAIL_TAKEN, also for an address that differs in case only */
  async createUser({ id, email, name, profile }: CreateUserData): Promise<UserWithProfile> {
    const data: Prisma.UserCreateInput = { email: email.toLowerCase() }
    if (id !== undefined) data.id = id
    if (name !== undefined) data.name = name
    if (profile !== undefined) data.profile = { create: profile }
    try {
      return await this.prisma.user.create({ data, include: { profile: true, ...counts } })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw new ShopError('EMAIL_TAKEN', 'There is a user with this e-mail address already.', {
        field: 'email',
        cause: error,
      })
    }
  }
}
