import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import { postCreatedAt, postId } from '../rows.ts'
import { checkPage, type ListedPost, PAGE, postUnder, STRIDE, strides } from './posts.ts'

const text = `
SELECT id, title, created_at AS "createdAt", author_id AS "authorId"
  FROM posts WHERE (created_at, id) < ($1, $2)
 ORDER BY created_at DESC, id DESC LIMIT $3`

/** The keyset written by hand, with the row too many that tells whether there is a next page. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, ListedPost[]>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const stride = strides()
  return {
    input: () => stride() * STRIDE,
    run: async (passed) => {
      const under = postUnder(passed)
      const values = [postCreatedAt(under), postId(under), PAGE + 1]
      const { rows } = await pool.query<ListedPost>({ name: 'page', text, values })
      return rows.slice(0, PAGE)
    },
    check: checkPage,
    close: () => pool.end(),
  }
}
