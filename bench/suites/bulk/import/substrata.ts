import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../../query/open-substrata.ts'
import { importCase } from './import-case.ts'

export async function prepare(database: BenchDatabase, options: CaseOptions): Promise<PreparedCase<string>> {
  const db = await openSubstrata(database.url)
  return importCase(database, options, {
    run: async (path) => db.account.importFrom(path, { conflict: ['email'], update: ['name'] }),
    close: () => db.$close(),
  })
}
