import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import { checkAnyOrder, type FoundPost, PAGE, words } from './posts.ts'

const text = `
WITH matches AS MATERIALIZED (
  SELECT id, created_at, ts_rank(search_vector, websearch_to_tsquery('english', $1)) AS rank
    FROM (SELECT id, created_at, search_vector FROM posts
           WHERE published AND search_vector @@ websearch_to_tsquery('english', $1)
           ORDER BY created_at DESC, id DESC LIMIT 2001) AS newest
)
SELECT id, title, content, p.created_at AS "createdAt", page.rank, (SELECT count(*) FROM matches) > 2000 AS capped
  FROM (SELECT * FROM matches ORDER BY rank DESC, created_at DESC, id DESC LIMIT $2) AS page JOIN posts p USING (id)
 ORDER BY page.rank DESC, page.created_at DESC, id DESC`

/** The same search written by hand: the best of the newest two thousand matches, and whether there are more of either. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<string, FoundPost[]>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  return {
    input: words(false),
    run: async (word) =>
      (await pool.query<FoundPost>({ name: 'search', text, values: [word, PAGE + 1] })).rows.slice(0, PAGE),
    check: checkAnyOrder,
    close: () => pool.end(),
  }
}
