import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open-substrata.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const db = await openSubstrata(url)
  return {
    input: postIds(),
    run: async (after) =>
      db.post.findMany({ where: { id: { gt: after } }, orderBy: { id: 'asc' }, take: PAGE, include: { author: true } }),
    check: checkPage,
    close: () => db.$close(),
  }
}
