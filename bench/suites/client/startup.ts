import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'

/** A client that is loaded and built, and has been asked nothing yet. */
interface Built {
  readonly post: () => Promise<object | null>
  readonly close: () => Promise<void>
}

/** From the start of the process until the client is built, or until it has answered its first call. */
export async function prepare(
  { url }: BenchDatabase,
  { client, asked }: CaseOptions,
): Promise<PreparedCase<void, object | null>> {
  const { post, close } = await (client === 'stock' ? stock(url) : ours(url))
  return {
    run: async () => (asked === true ? post() : null),
    async check(answer) {
      if ((answer ?? (await post())) === null) throw new Error('the post is not there')
    },
    close,
  }
}

// Imports stand inside, so that a case loads only what is its own.

async function stock(url: string): Promise<Built> {
  const { openPrisma } = await import('../peers/prisma-client.ts')
  const prisma = openPrisma(url)
  return { post: async () => prisma.post.findFirst({ where: { id: 1 } }), close: () => prisma.$disconnect() }
}

async function ours(url: string): Promise<Built> {
  const { openSubstrata } = await import('./open-substrata.ts')
  const db = await openSubstrata(url)
  return { post: async () => db.post.findFirst({ where: { id: 1 } }), close: () => db.$close() }
}
