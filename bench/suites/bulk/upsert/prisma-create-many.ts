import { equal } from 'node:assert/strict'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../../peers/prisma-client.ts'
import { ACCOUNTS, type NewAccount, newAccounts, openOwner, resetAccounts } from '../accounts.ts'

/** The nearest that Prisma itself has: rows that are there are skipped, not updated. */
export async function prepare({ url, ownerUrl }: BenchDatabase): Promise<PreparedCase<readonly NewAccount[], number>> {
  const owner = await openOwner(ownerUrl)
  const prisma = openPrisma(url)
  const rows = newAccounts(ACCOUNTS)
  return {
    input: () => rows,
    before: () => resetAccounts(owner, ACCOUNTS),
    run: async (data) => (await prisma.account.createMany({ data: [...data], skipDuplicates: true })).count,
    check: (count) => equal(count, ACCOUNTS / 2),
    async close() {
      await prisma.$disconnect()
      await owner.end()
    },
  }
}
