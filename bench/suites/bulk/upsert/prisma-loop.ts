import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../../peers/prisma-client.ts'
import { FEW_ACCOUNTS, type NewAccount } from '../accounts.ts'
import { upsertCase } from './upsert-case.ts'

/** One statement per row inside one transaction, as `BulkOperationService` began. */
export async function prepare(database: BenchDatabase): Promise<PreparedCase<readonly NewAccount[]>> {
  const prisma = openPrisma(database.url)
  return upsertCase(database, {
    count: FEW_ACCOUNTS,
    run: (rows) =>
      prisma.$transaction(
        async (tx) => {
          for (const { email, name } of rows)
            await tx.account.upsert({ where: { email }, create: { email, name }, update: { name } })
        },
        { timeout: 600_000 },
      ),
    close: () => prisma.$disconnect(),
  })
}
