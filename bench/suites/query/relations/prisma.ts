import { equal } from 'node:assert/strict'
import { PrismaPg } from '@prisma/adapter-pg'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import { type HubRow, hubClient, hubIds } from './hub.ts'

export async function prepare(
  { url }: BenchDatabase,
  { relations }: CaseOptions,
): Promise<PreparedCase<number, HubRow | null>> {
  const PrismaClient = await hubClient()
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: CONNECTIONS }) })
  const model = relations ? prisma.hub : prisma.alone
  return {
    input: hubIds(),
    run: (id) => model.findFirst({ where: { id } }),
    check: (row, id) => equal(row?.name, `Row ${id}`),
    close: () => prisma.$disconnect(),
  }
}
