import type { Post } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open-substrata.ts'
import { checkCreated, type NewPost, newPosts } from './new-post.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<NewPost, Post>> {
  const db = await openSubstrata(url)
  return {
    input: newPosts(),
    run: async (data) => db.post.create({ data }),
    check: checkCreated,
    close: () => db.$close(),
  }
}
