import cuid from '@bugsnag/cuid'
import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import type { NewAccount } from '../accounts.ts'
import { chunks } from './chunks.ts'
import { upsertCase } from './upsert-case.ts'

const TEXT = `INSERT INTO accounts (id, email, name, created_at, updated_at)
  SELECT id, email, name, $4::timestamptz, $4::timestamptz
    FROM unnest($1::text[], $2::text[], $3::text[]) AS rows (id, email, name)
  ON CONFLICT (email) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at`

export async function prepare(database: BenchDatabase): Promise<PreparedCase<readonly NewAccount[]>> {
  const pool = new Pool({ connectionString: database.url, max: CONNECTIONS })
  return upsertCase(database, {
    async run(rows) {
      const client = await pool.connect()
      const now = new Date()
      await client.query('BEGIN')
      for (const chunk of chunks(rows)) {
        const values = [chunk.map(() => cuid()), chunk.map(({ email }) => email), chunk.map(({ name }) => name), now]
        await client.query({ name: 'upsert', text: TEXT, values })
      }
      await client.query('COMMIT')
      client.release()
    },
    close: () => pool.end(),
  })
}
