import { Pool } from 'pg'
import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../connections.ts'

export async function prepare({ url }: BenchDatabase, { named }: CaseOptions): Promise<PreparedCase<number, Post>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const text =
    'SELECT id, title, views, published, created_at AS "createdAt", author_id AS "authorId" FROM posts WHERE id = $1'
  const query = named ? { name: 'post', text } : { text }
  return {
    input: postIds(),
    run: async (id) => (await pool.query<Post>({ ...query, values: [id] })).rows[0]!,
    check: checkPost,
    close: () => pool.end(),
  }
}
