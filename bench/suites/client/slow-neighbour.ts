import { checkPost, type Post, postIds } from '../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openSubstrata } from './open-substrata.ts'

/** Fast reads, alone or beside four callers of a query that takes 200 ms. */
export async function prepare(
  { url }: BenchDatabase,
  { neighbours }: CaseOptions,
): Promise<PreparedCase<number, Post | null>> {
  const db = await openSubstrata(url)
  const closing = new AbortController()
  const slow = Array.from({ length: Number(neighbours) }, async () => {
    while (!closing.signal.aborted) await db.$queryRaw`SELECT pg_sleep(0.2)::text`
  })
  return {
    input: postIds(),
    run: async (id) => db.post.findFirst({ where: { id } }),
    check: checkPost,
    async close() {
      closing.abort()
      await Promise.all(slow)
      await db.$close()
    },
  }
}
