import { join } from 'node:path'
import { Client } from 'pg'
import { createTestDatabase } from 'substrata/testing'
import { benchRoot } from '../harness/root.ts'
import type { BenchDatabase, BenchServer } from '../harness/suite.ts'
import { SEED } from './rows.ts'

/** 10,000 users and 100,000 posts, vacuumed and analysed: a `setup` for suites. */
export async function blogDatabase(server: BenchServer): Promise<BenchDatabase> {
  const database = await createTestDatabase({
    migrations: join(benchRoot, 'prisma/migrations'),
    setup: SEED,
    server: server.url,
  })
  const client = new Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query('VACUUM ANALYZE users, posts')
  await client.end()
  const { url, ownerUrl, adminUrl } = database
  return { url, ownerUrl, adminUrl }
}
