import { type Post, post, postIds } from '../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { CONNECTIONS } from '../peers/connections.ts'
import { openSession } from './session.ts'

type Row = readonly (string | null)[] | undefined

/** One row by its id on the session itself: over lanes, or over dedicated connections alone. */
export async function prepare({ url }: BenchDatabase, { lanes }: CaseOptions): Promise<PreparedCase<number, Row>> {
  const session = await openSession(url, { maxConnections: CONNECTIONS, ...(lanes === false && { lanes: 0 }) })
  const text = 'SELECT id, title, views, published, created_at, author_id FROM posts WHERE id = $1'
  return {
    input: postIds(),
    run: async (id) => (await session.execute('read', text, [String(id)]))[0],
    check(row, id) {
      const { title }: Post = post(id)
      if (row?.[0] !== String(id) || row[1] !== title) throw new Error(`post ${id} came as ${JSON.stringify(row)}`)
    },
    close: () => session.close(),
  }
}
