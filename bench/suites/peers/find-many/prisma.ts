import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../prisma-client.ts'

export async function prepare(
  { url }: BenchDatabase,
  { strategy }: CaseOptions,
): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const prisma = openPrisma(url)
  const relationLoadStrategy = strategy === 'join' ? 'join' : 'query'
  return {
    input: postIds(),
    run: async (after) =>
      prisma.post.findMany({
        where: { id: { gt: after } },
        orderBy: { id: 'asc' },
        take: PAGE,
        relationLoadStrategy,
        include: { author: true },
      }),
    check: checkPage,
    close: () => prisma.$disconnect(),
  }
}
