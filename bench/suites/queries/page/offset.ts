import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open.ts'
import { checkPage, type ListedPost, latestFirst, listed, PAGE } from './posts.ts'

/** A page found by counting off the rows before it. */
export async function prepare(
  { url }: BenchDatabase,
  { offset }: CaseOptions,
): Promise<PreparedCase<number, ListedPost[]>> {
  const db = await openSubstrata(url)
  return {
    input: () => Number(offset),
    run: async (skip) => db.post.findMany({ skip, take: PAGE, orderBy: latestFirst, select: listed }),
    check: checkPage,
    close: () => db.$close(),
  }
}
