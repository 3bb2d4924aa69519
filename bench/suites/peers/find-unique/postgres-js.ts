import postgres from 'postgres'
import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../connections.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, Post>> {
  const sql = postgres(url, { max: CONNECTIONS })
  return {
    input: postIds(),
    run: async (id) => {
      const [post] = await sql<[Post]>`
        SELECT id, title, views, published, created_at AS "createdAt", author_id AS "authorId"
          FROM posts WHERE id = ${id}`
      return post
    },
    check: checkPost,
    close: () => sql.end(),
  }
}
