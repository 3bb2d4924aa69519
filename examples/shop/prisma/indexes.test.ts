import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRecognizer } from '../src/http/callers.ts'
import { signToken } from '../src/http/tokens.ts'
import { roles } from '../src/roles.ts'
import type { ShopClient } from '../src/services/database-client-factory.ts'
import { type ShopServices, servicesOf } from '../src/services/index.ts'
import { letSearchUseIndexes } from '../src/start/create-shop.ts'
import { openShop, useShop } from '../test/use-shop.ts'

const shop = useShop()
/** Asks for plans, as whoever the calls were made as. */
let asking: Client
let watched: ShopClient
const sent: { query: string; params: string }[] = []

beforeAll(async () => {
  const admin = new Client(shop.database.adminUrl)
  await admin.connect()
  await admin.query(readFileSync(join(import.meta.dirname, '../test/fill.sql'), 'utf8'))
  await admin.end()
  await letSearchUseIndexes(shop.database.adminUrl)
  asking = new Client(shop.database.url)
  await asking.connect()
  watched = await openShop({ url: shop.database.url, showValues: true })
  watched.$on('query', (statement) => sent.push(statement))
})

afterAll(async () => {
  await watched.$close()
  await asking.end()
})

type Who = { readonly userId?: string; readonly role?: string }

const admin: Who = { role: roles.admin }
const reader: Who = { role: roles.reader }
const customer: Who = { userId: 'user-1' }

/** Every index that the plans of the statements use which the call sends. */
async function indexesOf(who: Who, call: (services: ShopServices) => Promise<unknown>): Promise<Set<string>> {
  sent.length = 0
  await call(servicesOf(watched.$as(who)))
  const statements = sent.filter(({ query }) => /^\s*(?:select|with|update|delete)/i.test(query))
  expect(statements).not.toEqual([])
  const used = new Set<string>()
  await asking.query(`SELECT set_config('role', $1, false), set_config('app.user_id', $2, false)`, [
    who.role ?? 'none',
    who.userId ?? '',
  ])
  for (const { query, params } of statements) {
    const { rows } = await asking.query(`EXPLAIN (FORMAT JSON) ${query}`, JSON.parse(params))
    for (const [, name] of JSON.stringify(rows).matchAll(/"Index Name":"(\w+)"/g)) used.add(name ?? '')
  }
  return used
}

/** What each index is there for, and who needs it. Keys and unique constraints need no reason. */
const reasons: Record<string, readonly [Who, (services: ShopServices) => Promise<unknown>]> = {
  users_updated_at_id_idx: [admin, ({ users }) => users.getUsersWithRecentActivity(10, 300)],
  posts_author_id_created_at_idx: [admin, ({ users }) => users.getUsersWithRecentActivity(10, 300)],
  comments_author_id_created_at_idx: [admin, ({ users }) => users.getUsersWithRecentActivity(10, 300)],
  comments_created_at_idx: [admin, ({ users }) => users.getUsersWithRecentActivity(10, 0.05)],
  posts_published_idx: [reader, ({ users }) => users.getPaginatedPosts()],
  comments_post_id_created_at_idx: [reader, ({ posts }) => posts.getPost('post-1')],
  posts_search_idx: [reader, ({ queries }) => queries.searchPosts('12345', { order: 'newest' })],
  posts_title_similar_idx: [reader, ({ queries }) => queries.searchPosts('12345zzz')],
  post_tags_tag_id_idx: [reader, ({ queries }) => queries.searchPosts('Text', { tags: ['tag 1'] })],
  orders_customer_id_status_idx: [
    customer,
    ({ orders }) =>
      orders.placeOrder({
        customerId: 'user-1',
        items: [{ sku: 'S', productName: 'P', quantity: 1, unitPrice: '1.00' }],
      }),
  ],
  orders_open_idx: [admin, ({ orders }) => orders.getPaginatedOrders({ status: 'PENDING' })],
  orders_created_at_id_idx: [admin, ({ orders }) => orders.getPaginatedOrders()],
  spent_tokens_expires_at_idx: [{}, spendToken],
}

async function spendToken(): Promise<void> {
  const key = new Uint8Array(32)
  const token = await signToken(key, { userId: 'user-1' })
  await (await createRecognizer(watched, key)(`Bearer ${token}`, 'member')).spendToken()
}

it.each(Object.entries(reasons))('%s is used', async (index, [who, call]) => {
  expect(await indexesOf(who, call)).toContain(index)
})

it('reads the index over published posts also for a short time and for statistics by day', async () => {
  const to = new Date()
  const from = new Date(to.getTime() - 7 * 86_400_000)
  const analytics = ({ queries }: ShopServices) => queries.getPostAnalytics(from, to, { timeZone: 'Asia/Tokyo' })
  expect(await indexesOf(reader, analytics)).toContain('posts_published_idx')
  expect(await indexesOf(admin, ({ users }) => users.getUsersWithRecentActivity(10, 0.05))).toContain(
    'posts_published_idx',
  )
})

it('reads a customer’s own orders by an index, though the statement does not say whose', async () => {
  expect(await indexesOf(customer, ({ orders }) => orders.getPaginatedOrders())).toContain(
    'orders_customer_id_status_idx',
  )
})

it('gives a reason for every index', async () => {
  const { rows } = await asking.query<{ name: string }>(`
    SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT indisunique ORDER BY 1`)
  expect(rows.map((row) => row.name)).toEqual(Object.keys(reasons).sort())
})

it('has no index that begins another', async () => {
  const { rows } = await asking.query(`
    SELECT a.indexrelid::regclass::text AS index, b.indexrelid::regclass::text AS begins
    FROM pg_index AS a JOIN pg_index AS b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
    JOIN pg_class ON oid = a.indrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT a.indisunique
      AND b.indkey::text || ' ' LIKE a.indkey::text || ' %'
      AND a.indpred::text IS NOT DISTINCT FROM b.indpred::text`)
  expect(rows).toEqual([])
})

it('has an index under every foreign key', async () => {
  const { rows } = await asking.query(`
    SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS (
      SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])`)
  expect(rows).toEqual([])
})
