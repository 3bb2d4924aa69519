import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openPrisma } from '../peers/prisma-client.ts'
import { openSubstrata } from './open-substrata.ts'

/** Twenty posts with their authors, by the same strategy everywhere. */
export async function prepare(
  { url }: BenchDatabase,
  { client }: CaseOptions,
): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const page = (after: number) =>
    ({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: PAGE,
      relationLoadStrategy: 'join',
      include: { author: true },
    }) as const
  if (client === 'stock') {
    const prisma = openPrisma(url)
    return {
      input: postIds(),
      run: async (after) => prisma.post.findMany(page(after)),
      check: checkPage,
      close: () => prisma.$disconnect(),
    }
  }
  const db = await openSubstrata(url, { queryPath: client === 'direct' ? 'direct' : 'prisma' })
  return {
    input: postIds(),
    run: async (after) => db.post.findMany(page(after)),
    check: checkPage,
    close: () => db.$close(),
  }
}
