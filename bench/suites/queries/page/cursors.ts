import type { openSubstrata } from '../open.ts'
import { latestFirst, STRIDE } from './posts.ts'

/** The cursors at every stride up to a number of posts, and there; by how many posts they have passed. */
export async function cursorsOf(
  db: Awaited<ReturnType<typeof openSubstrata>>,
  posts: number,
): Promise<Map<number, string | null>> {
  const cursors = new Map<number, string | null>([[0, null]])
  for (let passed = 0; passed < posts; ) {
    const first = Math.min(STRIDE, posts - passed)
    const after = cursors.get(passed)
    const { pageInfo } = await db.post.paginate({ first, after, orderBy: latestFirst, select: { id: true } })
    passed += first
    cursors.set(passed, pageInfo.endCursor)
  }
  return cursors
}
