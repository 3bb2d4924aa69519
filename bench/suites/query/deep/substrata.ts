import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open-substrata.ts'
import { checkFeed, type Feed, feedAfter, feedStarts } from './feed.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, Feed>> {
  const db = await openSubstrata(url)
  return {
    input: feedStarts(),
    run: async (after) => db.user.findMany(feedAfter(after)),
    check: checkFeed,
    close: () => db.$close(),
  }
}
