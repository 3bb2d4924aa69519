import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../open.ts'
import { postId } from '../rows.ts'
import { checkPage, type ListedPost, latestFirst, listed, PAGE, postNumbers } from './posts.ts'

/** Prisma's own cursor, as its documentation has it. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, ListedPost[]>> {
  const prisma = openPrisma(url)
  return {
    input: postNumbers(),
    run: async (before) => {
      const cursor = { id: postId(before) }
      const rows = await prisma.post.findMany({ cursor, skip: 1, take: PAGE + 1, orderBy: latestFirst, select: listed })
      return rows.slice(0, PAGE)
    },
    check: checkPage,
    close: () => prisma.$disconnect(),
  }
}
