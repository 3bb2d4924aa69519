import { join } from 'node:path'
import { Client } from 'pg'
import { createTestDatabase } from 'substrata/testing'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, BenchServer } from '../../harness/suite.ts'
import { FILL, sentences } from './rows.ts'

/** A million posts and a million comments by 100,000 users, vacuumed and analysed. Takes a minute or two. */
export async function millionPosts(server: BenchServer): Promise<BenchDatabase> {
  const { url, ownerUrl, adminUrl } = await createTestDatabase({
    migrations: join(benchRoot, 'suites/queries/prisma/migrations'),
    server: server.url,
  })
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  // The rows agree with each other; checking every foreign key of them would take as long as writing them.
  await client.query("SET session_replication_role = 'replica'")
  for (const statement of FILL) await client.query(statement, statement.includes('$1') ? [sentences()] : [])
  await client.query('VACUUM ANALYZE')
  await client.end()
  return { url, ownerUrl, adminUrl }
}
