import { join } from 'node:path'
import { Client } from 'pg'
import { createTestDatabase } from 'substrata/testing'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, BenchServer } from '../../harness/suite.ts'
import { FILL, sentences } from './rows.ts'

/** A million posts and a million comments by 100,000 users, vacuumed and analysed. Takes two or three minutes. */
export async function millionPosts(server: BenchServer): Promise<BenchDatabase> {
  const { url, ownerUrl, adminUrl } = await createTestDatabase({
    migrations: join(benchRoot, 'suites/queries/prisma/migrations'),
    server: server.url,
  })
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  // The rows agree with each other; checking every foreign key of them would take as long as writing them.
  await client.query("SET session_replication_role = 'replica'")
  // An index over words is made from a full table in a tenth of the time that a million inserts into it take.
  const { rows } = await client.query<{ words: string }>(
    `SELECT pg_get_indexdef('posts_search_idx'::regclass) AS words`,
  )
  await client.query('DROP INDEX posts_search_idx')
  for (const statement of FILL) await client.query(statement, statement.includes('$1') ? [sentences()] : [])
  await client.query(rows[0]!.words)
  await client.query('REFRESH MATERIALIZED VIEW daily_posts')
  await client.query('VACUUM ANALYZE')
  await client.end()
  return { url, ownerUrl, adminUrl }
}
