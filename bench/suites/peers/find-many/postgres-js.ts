import postgres from 'postgres'
import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../connections.ts'
import { JOINED_COLUMNS, type JoinedRow, nest } from '../joined-row.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const sql = postgres(url, { max: CONNECTIONS })
  const columns = sql.unsafe(JOINED_COLUMNS)
  return {
    input: postIds(),
    run: async (after) => {
      const rows = await sql<JoinedRow[]>`SELECT ${columns}
        FROM posts p JOIN users u ON u.id = p.author_id WHERE p.id > ${after} ORDER BY p.id LIMIT ${PAGE}`
      return rows.map(nest)
    },
    check: checkPage,
    close: () => sql.end(),
  }
}
