import cuid from '@bugsnag/cuid'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import type { NewAccount } from '../accounts.ts'
import { chunks } from './chunks.ts'
import { upsertCase } from './upsert-case.ts'

interface Tables {
  accounts: { id: string; email: string; name: string | null; created_at: Date; updated_at: Date }
}

export async function prepare(database: BenchDatabase): Promise<PreparedCase<readonly NewAccount[]>> {
  const pool = new Pool({ connectionString: database.url, max: CONNECTIONS })
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return upsertCase(database, {
    run: (rows) =>
      kysely.transaction().execute(async (tx) => {
        const now = new Date()
        for (const chunk of chunks(rows)) {
          const values = chunk.map((row) => ({ ...row, id: cuid(), created_at: now, updated_at: now }))
          await tx
            .insertInto('accounts')
            .values(values)
            .onConflict((conflict) =>
              conflict.column('email').doUpdateSet((eb) => ({
                name: eb.ref('excluded.name'),
                updated_at: eb.ref('excluded.updated_at'),
              })),
            )
            .execute()
        }
      }),
    close: () => kysely.destroy(),
  })
}
