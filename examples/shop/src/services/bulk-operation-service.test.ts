import { beforeEach, expect, it } from 'vitest'
import { rounds } from '../../../../test/rounds.ts'
import { useShop } from '../../test/use-shop.ts'
import { BulkOperationService } from './bulk-operation-service.ts'

const shop = useShop()
let bulk: BulkOperationService

beforeEach(async () => {
  bulk = new BulkOperationService(shop.prisma)
  await shop.prisma.post.deleteMany()
  await shop.prisma.user.deleteMany()
})

/** A user with published posts, drafts and as many comments as published posts, all in one transaction. */
function write(name: string, published: number, drafts = 0): Promise<{ id: string }> {
  const post = (published: boolean) => ({ title: 'T', content: 'C', published })
  return shop.prisma.$transaction(async (tx) => {
    const user = await tx.user.create({
      data: { email: `${name}@example.com`, name, posts: { createMany: { data: Array(drafts).fill(post(false)) } } },
    })
    for (let index = 0; index < published; index++)
      await tx.post.create({
        data: { ...post(true), authorId: user.id, comments: { create: { authorId: user.id, content: 'C' } } },
      })
    return user
  })
}

it('counts, and ranks authors by what they published', async () => {
  await write('one', 1)
  await write('three', 3)
  await write('drafter', 0, 5)
  expect(await bulk.getUserStatistics()).toMatchObject({
    userCount: 3,
    postCount: 4,
    commentCount: 4,
    topAuthors: [
      { name: 'three', email: 'three@example.com', _count: { posts: 3 } },
      { name: 'one', email: 'one@example.com', _count: { posts: 1 } },
    ],
  })
})

it('keeps to ten authors, those with equal numbers in a fixed order', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => write(`author-${index}`, 1)))
  const { topAuthors } = await bulk.getUserStatistics()
  const expected = ids
    .map((user) => user.id)
    .sort()
    .slice(0, 10)
  expect(topAuthors.map((author) => author.id)).toEqual(expected)
})

it('is empty on an empty database', async () => {
  expect(await bulk.getUserStatistics()).toEqual({ userCount: 0, postCount: 0, commentCount: 0, topAuthors: [] })
})

it(
  'sees one moment: what is written together is counted together',
  async () => {
    const done = new AbortController()
    const writer = (async () => {
      for (let round = 0; !done.signal.aborted; round++) {
        const { id } = await write(`together-${round}`, 1)
        await shop.prisma.$transaction([
          shop.prisma.post.deleteMany({ where: { authorId: id } }),
          shop.prisma.user.delete({ where: { id } }),
        ])
      }
    })()
    const seen = new Set<number>()
    for (let reads = 0; reads < rounds(200, 2_000); reads++) {
      const { userCount, postCount, commentCount, topAuthors } = await bulk.getUserStatistics()
      expect([postCount, commentCount, topAuthors.length]).toEqual([userCount, userCount, userCount])
      seen.add(userCount)
    }
    done.abort()
    await writer
    expect(seen).toEqual(new Set([0, 1]))
  },
  rounds(30_000, 300_000),
)

it('upserts users by address, whatever its case, in one statement', async () => {
  await shop.prisma.user.create({ data: { email: 'ada@example.com', name: 'Ada' } })
  const users = [
    { email: 'Ada@Example.com', name: 'Ada L.' },
    { email: 'bob@example.com' },
    { email: 'cid@example.com', name: 'Cid' },
  ]
  expect(await bulk.bulkUpsertUsers(users)).toEqual(['updated', 'inserted', 'inserted'])
  expect(await bulk.bulkUpsertUsers(users)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  expect(await bulk.bulkUpsertUsers([{ email: 'ada@example.com' }])).toEqual(['unchanged'])
  const names = await shop.prisma.user.findMany({ select: { name: true }, orderBy: { email: 'asc' } })
  expect(names).toEqual([{ name: 'Ada L.' }, { name: null }, { name: 'Cid' }])
})

it('processes batches, each a transaction of its own', async () => {
  const names = Array.from({ length: 7 }, (_, i) => `user ${i}`)
  const done = bulk.processBatchOperations(names, 3, async (batch, tx) => {
    await tx.user.createMany({ data: batch.map((name) => ({ email: `${name}@example.com`, name })) })
    if (batch.includes('user 6')) throw new Error('the last one fails')
  })
  await expect(done).rejects.toMatchObject({ code: 'SUB_BATCHES_STOPPED', details: { before: 6 } })
  expect(await shop.prisma.user.count()).toBe(6)
})
