import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { rounds } from '../../../../test/rounds.ts'
import { asAdmin, openShop, useShop } from '../../test/use-shop.ts'
import { UserService } from './user-service.ts'

const shop = useShop()
const DAY = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY)

let users: UserService
let sequence = 0

async function newUser(name: string, updatedAt = new Date()): Promise<string> {
  const { id } = await shop.prisma.user.create({ data: { email: `user-${++sequence}@example.com`, name, updatedAt } })
  return id
}

async function newPost(authorId: string, createdAt: Date, published = true): Promise<string> {
  const { id } = await shop.prisma.post.create({
    data: { authorId, title: 'A post', content: 'Text', published, createdAt },
  })
  return id
}

beforeEach(async () => {
  users = new UserService(shop.prisma)
  await shop.prisma.post.deleteMany()
  await shop.prisma.user.deleteMany()
})

describe('getUsersWithRecentActivity', () => {
  it('finds who published or commented in time, the latest updated first', async () => {
    const reader = await newUser('reader', daysAgo(1))
    const writer = await newUser('writer', daysAgo(3))
    const both = await newUser('both', daysAgo(2))
    const late = await newUser('late')
    const drafter = await newUser('drafter')
    await newUser('silent')
    const post = await newPost(writer, daysAgo(5))
    await newPost(both, daysAgo(6))
    await newPost(late, daysAgo(31))
    await newPost(drafter, daysAgo(1), false)
    for (const authorId of [reader, both])
      await shop.prisma.comment.create({ data: { authorId, postId: post, content: 'Yes' } })
    await shop.prisma.comment.create({ data: { authorId: late, postId: post, content: 'Old', createdAt: daysAgo(40) } })

    const active = await users.getUsersWithRecentActivity(10, 30)
    expect(active.map((user) => user.name)).toEqual(['reader', 'both', 'writer'])
    expect(active.map((user) => user._count)).toEqual([
      { posts: 0, comments: 1 },
      { posts: 1, comments: 1 },
      { posts: 1, comments: 0 },
    ])
    expect((await users.getUsersWithRecentActivity(2, 30)).map((user) => user.name)).toEqual(['reader', 'both'])
  })

  it('brings the five latest posts of the time, and no draft', async () => {
    const author = await newUser('author')
    for (const days of [1, 2, 3, 4, 5, 6, 40]) await newPost(author, daysAgo(days))
    await newPost(author, daysAgo(0), false)
    const [user] = await users.getUsersWithRecentActivity()
    const ages = user?.posts.map((post) => Math.round((Date.now() - post.createdAt.getTime()) / DAY))
    expect(ages).toEqual([1, 2, 3, 4, 5])
    expect(user?._count.posts).toBe(7)
  })
})

describe('getPaginatedPosts', () => {
  interface Walk {
    service?: UserService
    between?: () => Promise<unknown>
  }

  async function walk(limit: number, { service = users, between = async () => {} }: Walk = {}): Promise<string[]> {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await service.getPaginatedPosts(cursor, limit)
      expect(page.items.length).toBeLessThanOrEqual(limit)
      expect(page.hasNextPage).toBe(page.nextCursor !== null)
      seen.push(...page.items.map((post) => post.id))
      cursor = page.nextCursor ?? undefined
      await between()
    } while (cursor !== undefined)
    return seen
  }

  it(
    'shows every published post once, in order, whatever the page and however many share an instant',
    async () => {
      const author = await newUser('author')
      // Read by the index, rows come in order even where the query forgot to ask for it.
      const url = new URL(shop.database.url)
      url.searchParams.set('options', '-c enable_indexscan=off -c enable_indexonlyscan=off -c enable_bitmapscan=off')
      const withoutIndexes = await openShop({ url: url.href, maxConnections: 1 })
      const unsorted = new UserService(asAdmin(withoutIndexes))
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ millisecond: fc.nat(3), published: fc.boolean() }), { maxLength: 25 }),
          fc.integer({ min: 1, max: 7 }),
          async (posts, limit) => {
            await shop.prisma.post.deleteMany()
            const base = daysAgo(1).getTime()
            await shop.prisma.post.createMany({
              data: posts.map(({ millisecond, published }) => ({
                authorId: author,
                title: 'A post',
                content: 'Text',
                published,
                createdAt: new Date(base + millisecond),
              })),
            })
            const all = await shop.prisma.post.findMany({
              where: { published: true },
              orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
            })
            const ids = all.map((post) => post.id)
            expect(await walk(limit)).toEqual(ids)
            expect(await walk(limit, { service: unsorted })).toEqual(ids)
          },
        ),
        { numRuns: rounds(15, 100) },
      )
      await withoutIndexes.$disconnect()
    },
    rounds(30_000, 300_000),
  )

  it('neither repeats nor skips a post while others come and the row of the cursor goes', async () => {
    const author = await newUser('author')
    const ids: string[] = []
    for (let index = 0; index < 12; index++) ids.unshift(await newPost(author, daysAgo(20 - index)))
    const gone = ids[2]
    const between = async () => {
      await newPost(author, new Date())
      await shop.prisma.post.deleteMany({ where: { id: gone ?? '' } })
    }
    const seen = await walk(3, { between })
    expect(seen).toEqual(ids)
  })

  it('knows author and number of comments', async () => {
    const author = await newUser('author')
    const postId = await newPost(author, new Date())
    await shop.prisma.comment.createMany({ data: [1, 2].map(() => ({ postId, authorId: author, content: 'Yes' })) })
    const { items } = await users.getPaginatedPosts()
    expect(items).toMatchObject([{ author: { id: author, name: 'author' }, _count: { comments: 2 } }])
  })

  it.each(['x', '', 'MjAyNg', Buffer.from('0000-01-01T00:00:00.000Z a').toString('base64url'), '\0', 'é'.repeat(50)])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(users.getPaginatedPosts(cursor)).rejects.toMatchObject({ code: 'INVALID_REQUEST', field: 'cursor' })
    },
  )
})

describe('createUser', () => {
  it('creates the user with a profile', async () => {
    const user = await users.createUser({ email: 'Ada@Example.com', name: 'Ada', profile: { bio: 'Counts' } })
    expect(user).toMatchObject({ email: 'ada@example.com', profile: { bio: 'Counts', website: null } })
    expect(await users.getUser(user.id)).toEqual(user)
  })

  it('lets one of many with the same address through', async () => {
    const results = await Promise.allSettled(
      ['a@example.com', 'A@example.com', 'a@EXAMPLE.com', 'a@example.com'].map((email) => users.createUser({ email })),
    )
    const refused = results.filter((result) => result.status === 'rejected').map((result) => result.reason)
    expect(refused).toHaveLength(3)
    for (const error of refused) expect(error).toMatchObject({ code: 'EMAIL_TAKEN', field: 'email' })
  })
})
