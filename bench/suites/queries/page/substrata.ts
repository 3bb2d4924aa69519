import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open.ts'
import { cursorsOf } from './cursors.ts'
import { checkPage, type ListedPost, latestFirst, listed, PAGE, STRIDE, STRIDES, strides } from './posts.ts'

/** Cursors are signed, as they should be wherever strangers hold them. */
const pagination = { cursorKey: 'a key that only benchmarks ever sign with', maxPageSize: STRIDE }

/** The page with a number, or pages anywhere. */
export async function prepare(
  { url }: BenchDatabase,
  { page }: CaseOptions,
): Promise<PreparedCase<number, ListedPost[]>> {
  const db = await openSubstrata(url, { pagination })
  const passed = page === undefined ? undefined : (Number(page) - 1) * PAGE
  const cursors = await cursorsOf(db, passed ?? STRIDES * STRIDE)
  const stride = strides()
  return {
    input: () => passed ?? stride() * STRIDE,
    async run(after) {
      const cursor = cursors.get(after)
      const { items } = await db.post.paginate({ first: PAGE, after: cursor, orderBy: latestFirst, select: listed })
      return items
    },
    check: checkPage,
    close: () => db.$close(),
  }
}
