import type { BenchDatabase } from '../../../harness/suite.ts'
import { openPrisma } from '../../peers/prisma-client.ts'
import { createCase } from './create-case.ts'

export async function prepare(database: BenchDatabase) {
  const prisma = openPrisma(database.url)
  return createCase(
    database,
    (rows) => prisma.account.createMany({ data: [...rows] }),
    () => prisma.$disconnect(),
  )
}
