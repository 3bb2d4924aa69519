import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { StatementEvent } from 'substrata'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ShopClient } from '../src/services/database-client-factory.ts'
import { OptimizedQueryService } from '../src/services/optimized-query-service.ts'
import { OrderService } from '../src/services/order-service.ts'
import { encodeCursor } from '../src/services/page-cursor.ts'
import { PostService } from '../src/services/post-service.ts'
import { UserService } from '../src/services/user-service.ts'
import { openShop, useShop } from '../test/use-shop.ts'

const shop = useShop()
let owner: Client
let prisma: ShopClient
let users: UserService
let orders: OrderService
const sent: StatementEvent[] = []

beforeAll(async () => {
  owner = new Client(shop.database.ownerUrl)
  await owner.connect()
  await owner.query(readFileSync(join(import.meta.dirname, '../test/fill.sql'), 'utf8'))
  prisma = await openShop({ url: shop.database.url, showValues: true })
  prisma.$events.on('statement', (statement) => sent.push(statement))
  users = new UserService(prisma)
  orders = new OrderService(prisma)
})

afterAll(async () => {
  await prisma.$close()
  await owner.end()
})

/** Every index that the plans of the statements use which the call sends. */
async function indexesOf(call: () => Promise<unknown>): Promise<Set<string>> {
  sent.length = 0
  await call()
  const statements = sent.filter(({ text }) => /^\s*(?:select|with|update|delete)/i.test(text))
  expect(statements).not.toEqual([])
  const used = new Set<string>()
  for (const { text, values = [] } of statements) {
    const { rows } = await owner.query(`EXPLAIN (FORMAT JSON) ${text}`, [...values])
    for (const [, name] of JSON.stringify(rows).matchAll(/"Index Name":"(\w+)"/g)) used.add(name ?? '')
  }
  return used
}

const place = (days: number) => ({ createdAt: new Date(Date.now() - days * 86_400_000), id: 'post-1' })

/** What each index is there for. Keys and unique constraints need no reason. */
const reasons: Record<string, () => Promise<unknown>> = {
  users_updated_at_id_idx: () => users.getUsersWithRecentActivity(10, 300),
  posts_author_id_created_at_idx: () => users.getUsersWithRecentActivity(10, 300),
  comments_author_id_created_at_idx: () => users.getUsersWithRecentActivity(10, 300),
  comments_created_at_idx: () => users.getUsersWithRecentActivity(10, 0.05),
  posts_published_idx: () => users.getPaginatedPosts(encodeCursor(place(100))),
  comments_post_id_created_at_idx: () => new PostService(prisma).getPost('post-1'),
  posts_search_idx: () => new OptimizedQueryService(prisma).searchPosts('12345', { order: 'newest' }),
  posts_title_similar_idx: () => new OptimizedQueryService(prisma).searchPosts('12345zzz'),
  post_tags_tag_id_idx: () => new OptimizedQueryService(prisma).searchPosts('Text', { tags: ['tag 1'] }),
  orders_customer_id_status_idx: () =>
    orders.placeOrder({
      customerId: 'user-1',
      items: [{ sku: 'S', productName: 'P', quantity: 1, unitPrice: '1.00' }],
    }),
  orders_status_created_at_id_idx: () => orders.getPaginatedOrders({ status: 'PENDING' }, encodeCursor(place(1))),
  orders_created_at_id_idx: () => orders.getPaginatedOrders({}, encodeCursor(place(100))),
}

it.each(Object.entries(reasons))('%s is used', async (index, call) => {
  expect(await indexesOf(call)).toContain(index)
})

it('reads the index over published posts also for a short time and for statistics by day', async () => {
  const to = new Date()
  const from = new Date(to.getTime() - 7 * 86_400_000)
  const analytics = () => new OptimizedQueryService(prisma).getPostAnalytics(from, to, { timeZone: 'Asia/Tokyo' })
  expect(await indexesOf(analytics)).toContain('posts_published_idx')
  expect(await indexesOf(() => users.getUsersWithRecentActivity(10, 0.05))).toContain('posts_published_idx')
})

it('gives a reason for every index', async () => {
  const { rows } = await owner.query<{ name: string }>(`
    SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT indisunique ORDER BY 1`)
  expect(rows.map((row) => row.name)).toEqual(Object.keys(reasons).sort())
})

it('has no index that begins another', async () => {
  const { rows } = await owner.query(`
    SELECT a.indexrelid::regclass::text AS index, b.indexrelid::regclass::text AS begins
    FROM pg_index AS a JOIN pg_index AS b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
    JOIN pg_class ON oid = a.indrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT a.indisunique
      AND b.indkey::text || ' ' LIKE a.indkey::text || ' %'`)
  expect(rows).toEqual([])
})

it('has an index under every foreign key', async () => {
  const { rows } = await owner.query(`
    SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS (
      SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])`)
  expect(rows).toEqual([])
})
