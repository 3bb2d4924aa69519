import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../open.ts'
import { type ActiveUser, checkOfActive, LIMIT, since } from './users.ts'

/** The query as people write it first: whether a user posted or commented in time, asked of each by an OR. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<unknown, ActiveUser[]>> {
  const prisma = openPrisma(url)
  const check = await checkOfActive(url)
  return {
    run: async () =>
      prisma.user.findMany({
        where: {
          OR: [
            { posts: { some: { createdAt: { gte: since } } } },
            { comments: { some: { createdAt: { gte: since } } } },
          ],
        },
        include: {
          profile: true,
          posts: { where: { createdAt: { gte: since } }, orderBy: { createdAt: 'desc' }, take: 5 },
          _count: { select: { posts: true, comments: true } },
        },
        take: LIMIT,
        orderBy: { updatedAt: 'desc' },
      }),
    check,
    close: () => prisma.$disconnect(),
  }
}
