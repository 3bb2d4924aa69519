import { randomUUID } from 'node:crypto'
import { cleanDatabase } from 'substrata/testing'
import type { Post, Prisma, PrismaClient, User } from '../../generated/prisma/client.ts'

export class DatabaseTestUtils {
  private readonly prisma: PrismaClient
  private readonly ownerUrl: string

  /** `ownerUrl`: the same database as the role that owns its tables, which alone may empty them. */
  constructor(prisma: PrismaClient, ownerUrl: string) {
    this.prisma = prisma
    this.ownerUrl = ownerUrl
  }

  /** Empties every table but the ledger of migrations. What goes wrong is thrown: the next test must not run on leftovers. */
  cleanDatabase(): Promise<void> {
    return cleanDatabase(this.ownerUrl)
  }

  createTestUser(overrides: Partial<Prisma.UserUncheckedCreateInput> = {}): Promise<User> {
    return this.prisma.user.create({
      data: { email: `test-${randomUUID()}@example.com`, name: 'Test User', ...overrides },
    })
  }

  createTestPost(authorId: string, overrides: Partial<Prisma.PostUncheckedCreateInput> = {}): Promise<Post> {
    return this.prisma.post.create({
      data: { title: 'Test Post', content: 'This is a test post content', authorId, published: true, ...overrides },
    })
  }
}
