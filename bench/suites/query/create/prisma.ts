import type { Post } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { openPrisma } from '../../peers/prisma-client.ts'
import { checkCreated, type NewPost, newPosts } from './new-post.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<NewPost, Post>> {
  const prisma = openPrisma(url)
  return {
    input: newPosts(),
    run: async (data) => prisma.post.create({ data }),
    check: checkCreated,
    close: () => prisma.$disconnect(),
  }
}
