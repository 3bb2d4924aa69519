import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openKysely } from '../kysely-tables.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, Post>> {
  const db = openKysely(url)
  return {
    input: postIds(),
    run: (id) =>
      db
        .selectFrom('posts')
        .select(['id', 'title', 'views', 'published', 'created_at as createdAt', 'author_id as authorId'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    check: checkPost,
    close: () => db.destroy(),
  }
}
