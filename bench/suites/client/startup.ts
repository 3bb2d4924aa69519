import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'

/** From the start of the process to the first row. Imports stand inside, so that a case loads only what is its own. */
export async function prepare({ url }: BenchDatabase, { client }: CaseOptions): Promise<PreparedCase<void>> {
  const { openPrisma, openSubstrata } =
    client === 'stock'
      ? { openPrisma: (await import('../peers/prisma-client.ts')).openPrisma, openSubstrata: undefined }
      : { openPrisma: undefined, openSubstrata: (await import('./open.ts')).openSubstrata }
  if (openPrisma) {
    const prisma = openPrisma(url)
    return { run: async () => prisma.post.findFirst({ where: { id: 1 } }), check, close: () => prisma.$disconnect() }
  }
  const db = await openSubstrata(url)
  return { run: async () => db.post.findFirst({ where: { id: 1 } }), check, close: () => db.$close() }
}

function check(post: unknown): void {
  if (post === null) throw new Error('the post is not there')
}
