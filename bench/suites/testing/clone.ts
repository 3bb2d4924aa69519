import { equal } from 'node:assert/strict'
import { Client } from 'pg'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import type { BenchDatabase, PreparedCase } from '../../harness/suite.ts'
import { TEN_TABLES } from './ten-tables.ts'

export async function prepare({ adminUrl }: BenchDatabase): Promise<PreparedCase<undefined, TestDatabase>> {
  return {
    run: () => createTestDatabase({ migrations: TEN_TABLES, server: adminUrl }),
    check: async ({ url }) => equal(await countTables(url), 10),
    after: (database) => database.drop(),
    close: async () => {},
  }
}

/** The tables that the application may read; Prisma's ledger is not among them. */
async function countTables(url: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_tables
      WHERE schemaname = 'public' AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')
        AND tablename <> '_prisma_migrations'`,
  )
  await client.end()
  return rows[0]!.count
}
