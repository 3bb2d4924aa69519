import { checkPost, type Post, postIds } from '../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openPrisma } from '../peers/prisma-client.ts'
import { openSubstrata } from './open-substrata.ts'

export async function prepare(
  { url }: BenchDatabase,
  { client, context, lanes }: CaseOptions,
): Promise<PreparedCase<number, Post | null>> {
  if (client === 'stock') {
    const prisma = openPrisma(url)
    return {
      input: postIds(),
      run: async (id) => prisma.post.findFirst({ where: { id } }),
      check: checkPost,
      close: () => prisma.$disconnect(),
    }
  }
  const queryPath = client === 'direct' ? 'direct' : 'prisma'
  const db = await openSubstrata(url, { queryPath, ...(typeof lanes === 'number' && { lanes }) })
  const asked = context === true ? db.$as({ userId: 'somebody', tenantId: 'somewhere' }) : db
  return {
    input: postIds(),
    run: async (id) => asked.post.findFirst({ where: { id } }),
    check: checkPost,
    close: () => db.$close(),
  }
}
