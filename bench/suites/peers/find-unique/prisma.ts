import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../prisma-client.ts'

export async function prepare(
  { url }: BenchDatabase,
  { operation }: CaseOptions,
): Promise<PreparedCase<number, Post | null>> {
  const prisma = openPrisma(url)
  return {
    input: postIds(),
    run:
      operation === 'findUnique'
        ? async (id) => prisma.post.findUnique({ where: { id } })
        : async (id) => prisma.post.findFirst({ where: { id } }),
    check: checkPost,
    close: () => prisma.$disconnect(),
  }
}
