import { Pool } from 'pg'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import { checkAnyOrder, type FoundPost, PAGE, words } from './posts.ts'

const text = `
SELECT id, title, content, created_at AS "createdAt", ts_rank(search_vector, query) AS rank
  FROM posts, websearch_to_tsquery('english', $1) AS query
 WHERE published AND search_vector @@ query
 ORDER BY rank DESC, created_at DESC, id DESC LIMIT $2`

/** The shortest search by hand: the best of all posts with the word, each of them ranked. */
export async function prepare(
  { url }: BenchDatabase,
  { common = false }: CaseOptions,
): Promise<PreparedCase<string, FoundPost[]>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  return {
    input: words(common === true),
    run: async (word) =>
      (await pool.query<FoundPost>({ name: 'search', text, values: [word, PAGE + 1] })).rows.slice(0, PAGE),
    check: checkAnyOrder,
    close: () => pool.end(),
  }
}
