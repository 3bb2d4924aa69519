import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open.ts'
import { type ActiveUser, checkOfActive, LIMIT, since } from './users.ts'

const created = { createdAt: { gte: since } }
const latestUpdate = [{ updatedAt: 'desc' as const }, { id: 'desc' as const }]

/** As the shop does it: two short lists, each told by indexes alone, and the users of both. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<unknown, ActiveUser[]>> {
  const db = await openSubstrata(url)
  const check = await checkOfActive(url)
  const latest = (where: object) =>
    db.user.findMany({ where, orderBy: latestUpdate, take: LIMIT, select: { id: true } })
  return {
    async run() {
      const [authors, commenters] = await Promise.all([
        latest({ posts: { some: created } }),
        latest({ comments: { some: created } }),
      ])
      return db.user.findMany({
        where: { id: { in: [...authors, ...commenters].map(({ id }) => id) } },
        include: {
          profile: true,
          posts: { where: created, orderBy: { createdAt: 'desc' }, take: 5 },
          _count: { select: { posts: true, comments: true } },
        },
        orderBy: latestUpdate,
        take: LIMIT,
      })
    },
    check,
    close: () => db.$close(),
  }
}
