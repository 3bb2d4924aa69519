import { PrismaPg } from '@prisma/adapter-pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { PrismaClient } from '../../generated/prisma/client.ts'
import { useShop } from '../../test/use-shop.ts'
import { OptimizedQueryService } from './optimized-query-service.ts'

const shop = useShop()
let queries: OptimizedQueryService
let ada: string
let bob: string

interface NewPost {
  title?: string
  content?: string
  published?: boolean
  createdAt?: string
  authorId?: string
  tags?: string[]
}

async function write({ tags = [], ...post }: NewPost): Promise<void> {
  await shop.prisma.post.create({
    data: {
      title: 'A title',
      content: 'Some text',
      published: true,
      authorId: ada,
      ...post,
      tags: { create: tags.map((name) => ({ tag: { connectOrCreate: { where: { name }, create: { name } } } })) },
    },
  })
}

beforeEach(async () => {
  queries = new OptimizedQueryService(shop.prisma)
  await shop.prisma.post.deleteMany()
  await shop.prisma.user.deleteMany()
  ada = (await shop.prisma.user.create({ data: { email: 'ada@example.com' } })).id
  bob = (await shop.prisma.user.create({ data: { email: 'bob@example.com' } })).id
})

describe('searchPosts', () => {
  const titles = async (...search: Parameters<OptimizedQueryService['searchPosts']>) =>
    (await queries.searchPosts(...search)).map((post) => post.title)

  it('looks into title and content, in any case, the latest first', async () => {
    await write({ title: 'On Prisma', createdAt: '2026-01-01T00:00:00Z' })
    await write({ title: 'Other', content: 'about PRISMA too', createdAt: '2026-01-02T00:00:00Z' })
    await write({ title: 'Draft on Prisma', published: false })
    await write({ title: 'Unrelated' })
    expect(await titles('prisma')).toEqual(['Other', 'On Prisma'])
  })

  it('takes every sign of the query as it stands', async () => {
    for (const title of ['100% sure', '1000 sure', 'snake_case', 'snakeXcase', 'back\\slash', "o'clock"])
      await write({ title })
    expect(await titles('100%')).toEqual(['100% sure'])
    expect(await titles('snake_c')).toEqual(['snake_case'])
    expect(await titles('k\\s')).toEqual(['back\\slash'])
    expect(await titles("o'c")).toEqual(["o'clock"])
    expect(await titles('%')).toEqual(['100% sure'])
  })

  it('filters by author and by tags', async () => {
    await write({ title: 'one', tags: ['x', 'y'] })
    await write({ title: 'two', tags: ['z'], authorId: bob })
    await write({ title: 'three' })
    expect(await titles('text', { tags: ['y', 'z'] })).toEqual(['two', 'one'])
    expect(await titles('text', { tags: ['y', 'z'], authorId: bob })).toEqual(['two'])
    expect(await titles('text', { tags: [] })).toEqual([])
    expect((await queries.searchPosts('text', { tags: ['x'] })).map((post) => post.tags)).toEqual([['x', 'y']])
  })
})

describe('getPostAnalytics', () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`)

  it('counts by day of UTC, the latest first, with the days between', async () => {
    await write({ createdAt: '2026-03-01T00:00:00.000Z', content: 'four' })
    await write({ createdAt: '2026-03-01T23:59:59.999Z', content: 'sixsix', authorId: bob })
    await write({ createdAt: '2026-03-01T12:00:00Z', published: false })
    await write({ createdAt: '2026-03-03T00:00:00Z', content: 'two' })
    await write({ createdAt: '2026-02-28T23:59:59.999Z' })
    await write({ createdAt: '2026-03-03T00:00:00.001Z' })
    const { dailyStats } = await queries.getPostAnalytics(day('2026-03-01'), day('2026-03-03'))
    expect(dailyStats).toEqual([
      { date: day('2026-03-03'), postCount: 1, uniqueAuthors: 1, avgContentLength: 3 },
      { date: day('2026-03-02'), postCount: 0, uniqueAuthors: 0, avgContentLength: 0 },
      { date: day('2026-03-01'), postCount: 2, uniqueAuthors: 2, avgContentLength: 5 },
    ])
  })

  it('means UTC even in a session that lives elsewhere', async () => {
    await write({ createdAt: '2026-03-08T23:30:00Z' })
    await write({ createdAt: '2026-03-09T00:30:00Z' })
    // The night in which New York loses an hour.
    const adapter = new PrismaPg({ connectionString: shop.database.url, options: '-c TimeZone=America/New_York' })
    const elsewhere = new PrismaClient({ adapter })
    try {
      const range = [day('2026-03-07'), day('2026-03-10')] as const
      const { dailyStats } = await new OptimizedQueryService(elsewhere).getPostAnalytics(...range)
      expect(dailyStats).toEqual((await queries.getPostAnalytics(...range)).dailyStats)
      expect(dailyStats.map((stats) => stats.postCount)).toEqual([0, 1, 1, 0])
    } finally {
      await elsewhere.$disconnect()
    }
  })

  it('refuses a range that is empty or endless', async () => {
    const invalid = { code: 'INVALID_REQUEST', field: 'to' }
    await expect(queries.getPostAnalytics(day('2026-01-02'), day('2026-01-01'))).rejects.toMatchObject(invalid)
    await expect(queries.getPostAnalytics(day('2020-01-01'), day('2026-01-01'))).rejects.toMatchObject(invalid)
  })
})
