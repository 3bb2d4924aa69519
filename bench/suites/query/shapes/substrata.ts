import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open-substrata.ts'
import { SHAPES } from './shapes.ts'

/** Reads of one row that differ in how many conditions they repeat: every one of 5,000 forms is compiled anew. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, Post | null>> {
  const db = await openSubstrata(url)
  const next = postIds()
  let calls = 0
  return {
    input: next,
    run: async (id) => db.post.findFirst({ where: { AND: conditions(calls++ % SHAPES, id) } }),
    check: checkPost,
    close: () => db.$close(),
  }
}

/** The shape's number in binary, as conditions that all hold. */
function conditions(shape: number, id: number): object[] {
  const bits = shape
    .toString(2)
    .split('')
    .map((bit) => (bit === '1' ? { id: { gte: id } } : { id: { lte: id } }))
  return [{ id }, ...bits]
}
