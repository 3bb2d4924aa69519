import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { checkAnyOrder, type FoundPost, PAGE, words } from './posts.ts'

const text = `
SELECT id, title, content, created_at AS "createdAt", ts_rank(search_vector, websearch_to_tsquery('english', $1)) AS rank
  FROM posts WHERE published AND search_vector @@ websearch_to_tsquery('english', $1)
 ORDER BY rank DESC, created_at DESC, id DESC LIMIT $2`

/** The best of all posts with the common word, each of them ranked. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<string, FoundPost[]>> {
  const pool = new Pool({ connectionString: url, max: 1 })
  return {
    input: words(true),
    run: async (word) => (await pool.query<FoundPost>({ text, values: [word, PAGE] })).rows,
    check: checkAnyOrder,
    close: () => pool.end(),
  }
}
