import { equal } from 'node:assert/strict'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../../query/open-substrata.ts'
import type { NewAccount } from '../accounts.ts'
import { upsertCase } from './upsert-case.ts'

export async function prepare(
  database: BenchDatabase,
  { outcome }: CaseOptions,
): Promise<PreparedCase<readonly NewAccount[]>> {
  const db = await openSubstrata(database.url)
  const args = { conflict: ['email'], update: ['name'] } as const
  return upsertCase(database, {
    async run(data) {
      if (outcome === undefined) return db.account.upsertMany({ ...args, data })
      const { rows } = await db.account.upsertMany({ ...args, data, outcome: 'rows' })
      rows.forEach((row, i) => {
        // Every second account is there already.
        const isOld = Number(/\d+/.exec(data[i]!.email)) % 2 === 0
        equal(row.outcome, isOld ? 'updated' : 'inserted')
      })
      return rows
    },
    close: () => db.$close(),
  })
}
