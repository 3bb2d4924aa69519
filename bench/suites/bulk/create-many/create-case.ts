import { equal, ok } from 'node:assert/strict'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { ACCOUNTS, emailOf, type NewAccount, newAccounts, openOwner } from '../accounts.ts'

/** Accounts into an empty table, by `createMany`; only whose is theirs. */
export async function createCase(
  { ownerUrl }: BenchDatabase,
  run: (rows: readonly NewAccount[]) => Promise<{ readonly count: number }>,
  close: () => Promise<unknown>,
): Promise<PreparedCase<readonly NewAccount[], number>> {
  const owner = await openOwner(ownerUrl)
  const rows = newAccounts(ACCOUNTS)
  return {
    input: () => rows,
    async before() {
      await owner.query('TRUNCATE accounts')
    },
    run: async (data) => (await run(data)).count,
    async check(count) {
      equal(count, ACCOUNTS)
      const { rows: stored } = await owner.query<{ id: string; email: string; name: string }>(
        'SELECT id, email, name FROM accounts',
      )
      const byEmail = new Map(stored.map((row) => [row.email, row]))
      for (let n = 0; n < ACCOUNTS; n++) {
        const row = byEmail.get(emailOf(n))
        ok(row)
        equal(row.name, `Account ${n}`)
        ok(row.id.length > 20)
      }
    },
    async close() {
      await close()
      await owner.end()
    },
  }
}
