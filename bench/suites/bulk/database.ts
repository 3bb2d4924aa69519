import { join } from 'node:path'
import { createTestDatabase } from 'substrata/testing'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, BenchServer } from '../../harness/suite.ts'

export async function emptyDatabase({ url: server }: BenchServer): Promise<BenchDatabase> {
  const { url, ownerUrl, adminUrl } = await createTestDatabase({
    migrations: join(benchRoot, 'prisma/migrations'),
    server,
  })
  return { url, ownerUrl, adminUrl }
}
