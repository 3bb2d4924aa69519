import { equal } from 'node:assert/strict'
import type { BenchDatabase, PreparedCase } from '../../harness/suite.ts'
import { openSubstrata } from '../query/open-substrata.ts'
import { ACCOUNTS, newAccounts, openOwner } from './accounts.ts'

/** MiB of write-ahead log that an upsert of rows makes which are there already, as they are. */
export async function prepare({ url, ownerUrl }: BenchDatabase): Promise<PreparedCase<undefined, number>> {
  const owner = await openOwner(ownerUrl)
  const db = await openSubstrata(url)
  const args = { data: newAccounts(ACCOUNTS), conflict: ['email'] } as const
  async function position(): Promise<number> {
    const { rows } = await owner.query<{ bytes: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes`)
    return Number(rows[0]!.bytes)
  }
  return {
    async before() {
      await owner.query('TRUNCATE accounts')
      await db.account.upsertMany(args)
      await owner.query('VACUUM ANALYZE accounts')
    },
    async run() {
      const before = await position()
      const { unchanged } = await db.account.upsertMany(args)
      equal(unchanged, ACCOUNTS)
      return ((await position()) - before) / 2 ** 20
    },
    check: (written) => equal(Number.isFinite(written), true),
    async close() {
      await db.$close()
      await owner.end()
    },
  }
}
