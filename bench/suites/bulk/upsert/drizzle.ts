import cuid from '@bugsnag/cuid'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import type { NewAccount } from '../accounts.ts'
import { chunks } from './chunks.ts'
import { upsertCase } from './upsert-case.ts'

const accounts = pgTable('accounts', {
  id: text('id').primaryKey(),
  email: text('email').notNull(),
  name: text('name'),
  createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true, precision: 3 }).notNull(),
})

export async function prepare(database: BenchDatabase): Promise<PreparedCase<readonly NewAccount[]>> {
  const pool = new Pool({ connectionString: database.url, max: CONNECTIONS })
  const db = drizzle(pool)
  return upsertCase(database, {
    run: (rows) =>
      db.transaction(async (tx) => {
        const updatedAt = new Date()
        for (const chunk of chunks(rows)) {
          const values = chunk.map((row) => ({ ...row, id: cuid(), createdAt: updatedAt, updatedAt }))
          const set = { name: sql`excluded.name`, updatedAt: sql`excluded.updated_at` }
          await tx.insert(accounts).values(values).onConflictDoUpdate({ target: accounts.email, set })
        }
      }),
    close: () => pool.end(),
  })
}
