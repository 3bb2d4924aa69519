import { Pool } from 'pg'
import type { Post } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import { checkCreated, type NewPost, newPosts } from './new-post.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<NewPost, Post>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const name = 'create'
  const text = `INSERT INTO posts (title, author_id) VALUES ($1, $2)
    RETURNING id, title, views, published, created_at AS "createdAt", author_id AS "authorId"`
  return {
    input: newPosts(),
    run: async ({ title, authorId }) => (await pool.query<Post>({ name, text, values: [title, authorId] })).rows[0]!,
    check: checkCreated,
    close: () => pool.end(),
  }
}
