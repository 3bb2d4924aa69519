import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { ACCOUNTS, checkAccounts, type NewAccount, newAccounts, openOwner, resetAccounts } from '../accounts.ts'

/** What all ways of writing the accounts are measured with; only `run` is theirs. */
export async function upsertCase(
  { ownerUrl }: BenchDatabase,
  {
    run,
    close,
    count = ACCOUNTS,
  }: {
    readonly run: (rows: readonly NewAccount[]) => Promise<unknown>
    readonly close: () => Promise<unknown>
    readonly count?: number
  },
): Promise<PreparedCase<readonly NewAccount[]>> {
  const owner = await openOwner(ownerUrl)
  const rows = newAccounts(count)
  return {
    input: () => rows,
    before: () => resetAccounts(owner, count),
    run,
    check: () => checkAccounts(owner, count),
    async close() {
      await close()
      await owner.end()
    },
  }
}
