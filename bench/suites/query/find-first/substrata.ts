import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open-substrata.ts'

export async function prepare(
  { url }: BenchDatabase,
  { operation, context }: CaseOptions,
): Promise<PreparedCase<number, Post | null>> {
  const client = await openSubstrata(url)
  const db = context ? client.$as({ userId: 'alice', tenantId: 'acme' }) : client
  return {
    input: postIds(),
    run:
      operation === 'findUnique'
        ? async (id) => db.post.findUnique({ where: { id } })
        : async (id) => db.post.findFirst({ where: { id } }),
    check: checkPost,
    close: () => client.$close(),
  }
}
