import { Client } from 'pg'
import { blogDatabase } from '../../blog/database.ts'
import type { BenchDatabase, BenchServer } from '../../harness/suite.ts'
import { generateHub, HUB_TABLES } from './relations/hub.ts'

/** Users whose posts have comments. */
export const COMMENTED_USERS = 400
export const COMMENTS_A_POST = 5

const COMMENTS = `
INSERT INTO comments (text, post_id)
SELECT 'Comment ' || n || ' on ' || posts.id, posts.id
  FROM posts, generate_series(1, ${COMMENTS_A_POST}) n
 WHERE author_id <= ${COMMENTED_USERS}
 ORDER BY posts.id, n`

/** The blog, with five comments on each post of the first users, and the tables of the model with many relations. */
export async function queryDatabase(server: BenchServer): Promise<BenchDatabase> {
  generateHub()
  const database = await blogDatabase(server)
  const client = new Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(COMMENTS)
  await client.query('VACUUM ANALYZE comments')
  await client.query(HUB_TABLES)
  await client.end()
  return database
}
