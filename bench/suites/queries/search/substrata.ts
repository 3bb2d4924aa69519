import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open.ts'
import { checkAnyOrder, checkNewest, type FoundPost, PAGE, shown, words } from './posts.ts'

/** Rare words or the common one, the newest posts first or the best. */
export async function prepare(
  { url }: BenchDatabase,
  { common = false, order: given }: CaseOptions,
): Promise<PreparedCase<string, FoundPost[]>> {
  const db = await openSubstrata(url)
  const order = given === 'rank' ? 'rank' : 'newest'
  return {
    input: words(common === true),
    run: async (word) =>
      (await db.post.search(word, { where: { published: true }, select: shown, first: PAGE, order })).items,
    check: order === 'rank' ? checkAnyOrder : checkNewest,
    close: () => db.$close(),
  }
}
