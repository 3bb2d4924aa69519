import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openSubstrata } from '../open.ts'
import { checkDays, type DailyStatistics, from, to } from './days.ts'

/** From the materialized view. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<unknown, DailyStatistics[]>> {
  const db = await openSubstrata(url)
  return {
    run: async () => db.dailyPosts.findMany({ where: { day: { gte: from, lte: to } }, orderBy: { day: 'desc' } }),
    check: checkDays,
    close: () => db.$close(),
  }
}
