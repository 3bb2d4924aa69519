import { join } from 'node:path'
import { Client } from 'pg'
import { createTestDatabase } from 'substrata/testing'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, BenchServer } from '../../harness/suite.ts'
import { FILL_POSTS, FILL_REST, sentences } from './rows.ts'

/** A million posts and a million comments by 100,000 users, vacuumed and analysed. Takes a minute or two. */
export async function millionPosts(server: BenchServer): Promise<BenchDatabase> {
  const { url, ownerUrl, adminUrl } = await createTestDatabase({
    migrations: join(benchRoot, 'suites/queries/prisma/migrations'),
    server: server.url,
  })
  const [client, other] = [await connect(adminUrl), await connect(adminUrl)]
  // Indexes are made from full tables in a fraction of the time that a million inserts into each take.
  const indexes = await client.query<{ name: string; made: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made
       FROM pg_index JOIN pg_class ON oid = indrelid
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT indisunique`,
  )
  for (const { name } of indexes.rows) await client.query(`DROP INDEX ${name}`)
  await Promise.all([client.query(FILL_POSTS, [sentences()]), inTurn(other, FILL_REST)])
  await inTurn(
    client,
    indexes.rows.map(({ made }) => made),
  )
  await client.query('REFRESH MATERIALIZED VIEW daily_posts')
  await client.query('VACUUM ANALYZE')
  await Promise.all([client.end(), other.end()])
  return { url, ownerUrl, adminUrl }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  // The rows agree with each other; checking every foreign key of them would take as long as writing them.
  await client.query("SET session_replication_role = 'replica'")
  await client.query("SET maintenance_work_mem = '512MB'")
  return client
}

async function inTurn(client: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement)
}
