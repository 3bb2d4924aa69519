import { Pool } from 'pg'
import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../connections.ts'
import { JOINED_COLUMNS, type JoinedRow, nest } from '../joined-row.ts'

export async function prepare(
  { url }: BenchDatabase,
  { named }: CaseOptions,
): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const text = `SELECT ${JOINED_COLUMNS}
    FROM posts p JOIN users u ON u.id = p.author_id WHERE p.id > $1 ORDER BY p.id LIMIT ${PAGE}`
  const query = named ? { name: 'page', text } : { text }
  return {
    input: postIds(),
    run: async (after) => (await pool.query<JoinedRow>({ ...query, values: [after] })).rows.map(nest),
    check: checkPage,
    close: () => pool.end(),
  }
}
