import type { BenchDatabase } from '../../../harness/suite.ts'
import { openSubstrata } from '../../query/open-substrata.ts'
import { createCase } from './create-case.ts'

export async function prepare(database: BenchDatabase) {
  const db = await openSubstrata(database.url)
  return createCase(
    database,
    (rows) => db.account.createMany({ data: [...rows] }),
    () => db.$close(),
  )
}
