import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../open.ts'
import { postId } from '../rows.ts'
import { checkPage, type ListedPost, latestFirst, listed, PAGE, postUnder, STRIDE, strides } from './posts.ts'

/** Prisma's own cursor, as its documentation has it. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, ListedPost[]>> {
  const prisma = openPrisma(url)
  const stride = strides()
  return {
    input: () => stride() * STRIDE,
    run: async (passed) => {
      const cursor = { id: postId(postUnder(passed)) }
      const rows = await prisma.post.findMany({ cursor, skip: 1, take: PAGE + 1, orderBy: latestFirst, select: listed })
      return rows.slice(0, PAGE)
    },
    check: checkPage,
    close: () => prisma.$disconnect(),
  }
}
