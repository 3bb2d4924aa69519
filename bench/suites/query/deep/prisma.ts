import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../../peers/prisma-client.ts'
import { checkFeed, type Feed, feedAfter, feedStarts } from './feed.ts'

export async function prepare({ url }: BenchDatabase, { strategy }: CaseOptions): Promise<PreparedCase<number, Feed>> {
  const prisma = openPrisma(url)
  const relationLoadStrategy = strategy === 'join' ? 'join' : 'query'
  return {
    input: feedStarts(),
    run: async (after) => prisma.user.findMany({ ...feedAfter(after), relationLoadStrategy }),
    check: checkFeed,
    close: () => prisma.$disconnect(),
  }
}
