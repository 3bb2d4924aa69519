import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../open.ts'
import { checkNewest, type FoundPost, PAGE, shown, words } from './posts.ts'

/** The query as people write it first: `ILIKE '%word%'` on title and content. */
export async function prepare(
  { url }: BenchDatabase,
  { common = false }: CaseOptions,
): Promise<PreparedCase<string, FoundPost[]>> {
  const prisma = openPrisma(url)
  const holds = (word: string) => ({ contains: word, mode: 'insensitive' as const })
  return {
    input: words(common === true),
    run: async (word) =>
      prisma.post.findMany({
        where: { OR: [{ title: holds(word) }, { content: holds(word) }], published: true },
        select: shown,
        orderBy: [{ createdAt: 'desc' }],
        take: PAGE,
      }),
    check: checkNewest,
    close: () => prisma.$disconnect(),
  }
}
