import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import cuid from '@bugsnag/cuid'
import { Pool } from 'pg'
import { from } from 'pg-copy-streams'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import type { NewAccount } from '../accounts.ts'
import { chunks } from './chunks.ts'
import { upsertCase } from './upsert-case.ts'

const MERGE = `INSERT INTO accounts (id, email, name, created_at, updated_at) SELECT id, email, name, $1, $1 FROM incoming
  ON CONFLICT (email) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at`

export async function prepare(database: BenchDatabase): Promise<PreparedCase<readonly NewAccount[]>> {
  const pool = new Pool({ connectionString: database.url, max: 1 })
  return upsertCase(database, {
    async run(rows) {
      const client = await pool.connect()
      await client.query('BEGIN')
      await client.query('CREATE TEMPORARY TABLE incoming (id text, email text, name text) ON COMMIT DROP')
      const lines = Readable.from(texts(rows))
      await pipeline(lines, client.query(from('COPY incoming FROM STDIN')))
      await client.query(MERGE, [new Date()])
      await client.query('COMMIT')
      client.release()
    },
    close: () => pool.end(),
  })
}

function* texts(rows: readonly NewAccount[]): Generator<string> {
  for (const chunk of chunks(rows)) yield chunk.map(({ email, name }) => `${cuid()}\t${email}\t${name}\n`).join('')
}
