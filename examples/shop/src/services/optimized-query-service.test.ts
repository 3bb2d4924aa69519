import { beforeEach, describe, expect, it } from 'vitest'
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
    (await queries.searchPosts(...search)).items.map((post) => post.title)

  it('finds words of title and content in any form, without accents, the best first or the newest', async () => {
    await write({ title: 'On Prisma', createdAt: '2026-01-01T00:00:00Z' })
    await write({ title: 'Other', content: 'about PRISMA in cafés too', createdAt: '2026-01-02T00:00:00Z' })
    await write({ title: 'Draft on Prisma', published: false })
    await write({ title: 'Unrelated' })
    expect(await titles('prisma')).toEqual(['On Prisma', 'Other'])
    expect(await titles('prisma', { order: 'newest' })).toEqual(['Other', 'On Prisma'])
    expect(await titles('"prisma in" cafe')).toEqual(['Other'])
    expect(await titles('prisma -cafe')).toEqual(['On Prisma'])
    expect(await titles('prsima')).toEqual(['On Prisma'])
  })

  it('takes any signs', async () => {
    await write({ title: "100% o'clock" })
    for (const query of ['%', "'", '\\', '" or (', ':*', '<->']) expect(await titles(query)).toEqual([])
    expect(await titles("100% o'clock")).toEqual(["100% o'clock"])
  })

  it('filters by author and by tags, and counts the tags of what it found', async () => {
    await write({ title: 'one', tags: ['x', 'y'] })
    await write({ title: 'two', tags: ['x', 'z'], authorId: bob })
    await write({ title: 'three' })
    expect(await titles('text', { tags: ['y', 'z'], order: 'newest' })).toEqual(['two', 'one'])
    expect(await titles('text', { tags: ['y', 'z'], authorId: bob })).toEqual(['two'])
    expect(await titles('text', { tags: [] })).toEqual([])
    const found = await queries.searchPosts('text', { first: 1, order: 'newest' })
    expect(found).toMatchObject({ items: [{ tags: [] }], hasNextPage: true, capped: false, matched: 'words' })
    expect(found.facets.tags).toEqual([
      { value: 'x', count: 2 },
      { value: 'y', count: 1 },
      { value: 'z', count: 1 },
    ])
    const next = await queries.searchPosts('text', { first: 2, order: 'newest', after: found.nextCursor ?? '' })
    expect(next).toMatchObject({ items: [{ title: 'two' }, { title: 'one' }], hasNextPage: false, nextCursor: null })
  })

  it('marks what matched, safely', async () => {
    await write({ title: '<b>Marked</b> text' })
    const { items } = await queries.searchPosts('marked')
    expect(items[0]?.highlights).toEqual({
      title: '&lt;b&gt;<mark>Marked</mark>&lt;/b&gt; text',
      content: 'Some text',
    })
  })
})

describe('getPostAnalytics', () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`)
  const range = [day('2026-03-01'), day('2026-03-03')] as const

  beforeEach(async () => {
    await write({ createdAt: '2026-03-01T00:00:00.000Z', content: 'four' })
    await write({ createdAt: '2026-03-01T22:59:59.999Z', content: 'sixsix', authorId: bob })
    await write({ createdAt: '2026-03-01T12:00:00Z', published: false })
    await write({ createdAt: '2026-03-03T22:59:59.999Z', content: 'two' })
    await write({ createdAt: '2026-03-03T23:00:00Z', content: 'seven 7' })
    await write({ createdAt: '2026-02-28T23:59:59.999Z' })
    await shop.prisma.dailyPostStats.refresh()
  })

  const first = { date: day('2026-03-01'), postCount: 2, uniqueAuthors: 2, avgContentLength: 5 }
  const second = { date: day('2026-03-02'), postCount: 0, uniqueAuthors: 0, avgContentLength: 0 }

  it('counts by day of UTC, the latest first, with the days between', async () => {
    const { dailyStats, ...rest } = await queries.getPostAnalytics(...range)
    expect(rest).toEqual({ timeZone: 'UTC', source: 'view', refreshedAt: expect.any(Date) })
    expect(dailyStats).toEqual([
      { date: day('2026-03-03'), postCount: 2, uniqueAuthors: 1, avgContentLength: 5 },
      second,
      first,
    ])
  })

  it('counts by the clock of another zone, from the view or from the rows', async () => {
    const berlin = await queries.getPostAnalytics(...range, { timeZone: 'Europe/Berlin' })
    const paris = await queries.getPostAnalytics(...range, { timeZone: 'Europe/Paris' })
    expect(berlin.source).toBe('view')
    expect(paris).toMatchObject({ timeZone: 'Europe/Paris', source: 'rows', refreshedAt: null })
    // On the first an hour before midnight of UTC is on the second, and one before the first is on it.
    expect(berlin.dailyStats).toEqual([
      { date: day('2026-03-03'), postCount: 1, uniqueAuthors: 1, avgContentLength: 3 },
      second,
      { date: day('2026-03-01'), postCount: 3, uniqueAuthors: 2, avgContentLength: expect.closeTo(19 / 3) },
    ])
    expect(paris.dailyStats).toEqual(berlin.dailyStats)
  })

  it('means the same where clocks change', async () => {
    // The night in which New York loses an hour.
    await write({ createdAt: '2026-03-08T04:59:59Z', content: 'x' })
    await write({ createdAt: '2026-03-08T05:00:00Z', content: 'x' })
    await write({ createdAt: '2026-03-09T03:59:59Z', content: 'x' })
    await write({ createdAt: '2026-03-09T04:00:00Z', content: 'x' })
    const { dailyStats } = await queries.getPostAnalytics(day('2026-03-07'), day('2026-03-09'), {
      timeZone: 'America/New_York',
    })
    expect(dailyStats.map(({ postCount }) => postCount)).toEqual([1, 2, 1])
  })

  it('refuses a range that is empty or endless, and a zone that is none', async () => {
    const invalid = { code: 'INVALID_REQUEST', field: 'to' }
    await expect(queries.getPostAnalytics(day('2026-01-02'), day('2026-01-01'))).rejects.toMatchObject(invalid)
    await expect(queries.getPostAnalytics(day('2020-01-01'), day('2026-01-01'))).rejects.toMatchObject(invalid)
    await expect(queries.getPostAnalytics(...range, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'timeZone',
    })
  })
})
