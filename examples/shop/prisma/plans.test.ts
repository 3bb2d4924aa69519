// The plans of the shop's lists: on 20,000 posts, and in full rounds on a million.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { explain, type PlanNode } from 'substrata/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { full } from '../../../test/rounds.ts'
import { roles } from '../src/roles.ts'
import { planSeed, seedShop } from '../src/seed/index.ts'
import type { ShopClient } from '../src/services/database-client-factory.ts'
import { type ShopServices, servicesOf } from '../src/services/index.ts'
import { letSearchUseIndexes } from '../src/start/create-shop.ts'
import { openShop, useShop } from '../test/use-shop.ts'

const shop = useShop()
let asking: Client
let watched: ShopClient
let services: ShopServices
let tag: string
let authorId: string
let title: string
let latest: Date
const sent: { text: string; values: readonly unknown[] }[] = []

beforeAll(
  async () => {
    const admin = new Client(shop.database.adminUrl)
    await admin.connect()
    if (full) await seedShop({ url: shop.database.adminUrl, plan: planSeed({ scale: 20 }) })
    else await admin.query(readFileSync(join(import.meta.dirname, '../test/fill.sql'), 'utf8'))
    await admin.query('VACUUM ANALYZE')
    const { rows } = await admin.query(`
    SELECT author_id AS "authorId", name AS tag, title, (SELECT max(created_at) FROM posts) AS latest
      FROM posts JOIN post_tags ON post_id = posts.id JOIN tags ON tag_id = tags.id
     WHERE published ORDER BY posts.created_at, name LIMIT 1`)
    ;({ tag, authorId, title, latest } = rows[0])
    await admin.end()
    await letSearchUseIndexes(shop.database.adminUrl)
    asking = new Client(shop.database.url)
    await asking.connect()
    watched = await openShop({ url: shop.database.url, showValues: true })
    watched.$events.on('statement', ({ text, values }) => sent.push({ text, values: values ?? [] }))
    services = servicesOf(watched.$as({ role: roles.reader }))
  },
  full ? 900_000 : 60_000,
)

afterAll(async () => {
  await watched.$close()
  await asking.end()
})

/** The nodes of the plans of every statement that a call sends, as the role sees them. */
async function plansOf(role: string, call: () => Promise<unknown>): Promise<PlanNode[][]> {
  sent.length = 0
  await call()
  expect(sent).not.toEqual([])
  await asking.query("SELECT set_config('role', $1, false)", [role])
  const plans: PlanNode[][] = []
  for (const { text, values } of sent.splice(0)) plans.push([...(await explain(asking, text, [...values])).nodes])
  return plans
}

/** The seven days before the latest post. */
const week = () => [new Date(latest.getTime() - 6 * 86_400_000), latest] as const

const told = (plans: PlanNode[][]) =>
  JSON.stringify(plans.map((nodes) => nodes.map(({ type, index, table }) => [type, index ?? table])))

describe('GET /posts', () => {
  it('is one statement over the index of published posts, on the first page and far from it', async () => {
    let cursor: string | undefined
    for (let page = 0; page < 20; page++)
      cursor = (await services.users.getPaginatedPosts(cursor, 100)).nextCursor ?? undefined
    for (const after of [undefined, cursor]) {
      const plans = await plansOf(roles.reader, () => services.users.getPaginatedPosts(after))
      expect(plans).toHaveLength(1)
      expect(told(plans)).toContain('posts_published_idx')
      expect(told(plans)).not.toContain('["Seq Scan","posts"]')
      const scans = plans[0]!.filter(({ index }) => index === 'posts_published_idx')
      if (after !== undefined) for (const { properties } of scans) expect(properties['Index Cond']).toContain('ROW(')
    }
  })

  it('reads no post in sequence for an author, a tag or both', async () => {
    for (const filters of [{ authorId }, { tag }, { authorId, tag }]) {
      const plans = await plansOf(roles.reader, () => services.users.getPaginatedPosts(undefined, 20, filters))
      expect(plans).toHaveLength(1)
      expect(told(plans)).not.toContain('["Seq Scan","posts"]')
    }
  })
})

describe('GET /users/active', () => {
  it.each([30, 300])('is told by the indexes alone of posts and of comments, for %i days', async (days) => {
    const active = () => servicesOf(watched.$as({ role: roles.admin })).users.getUsersWithRecentActivity(10, days)
    const plans = await plansOf(roles.admin, active)
    expect(plans).toHaveLength(3)
    const lists = plans.slice(0, 2).map((nodes) => nodes.filter(({ table }) => table !== undefined))
    const tables = lists.map((scans) => new Set(scans.map(({ table }) => table)))
    expect(tables).toContainEqual(new Set(['posts', 'users']))
    expect(tables).toContainEqual(new Set(['comments', 'users']))
    for (const { type } of lists.flat()) expect(type, told(plans)).toBe('Index Only Scan')
    expect(told(plans)).not.toContain('Seq Scan')
  })
})

describe('GET /posts/search', () => {
  it('is one statement with a way for rare words and one for common words', async () => {
    const plans = await plansOf(roles.reader, () => services.queries.searchPosts(`"${title}"`))
    expect(plans).toHaveLength(1)
    for (const index of ['posts_search_idx', 'posts_published_idx']) expect(told(plans)).toContain(index)
    expect(told(plans)).not.toContain('["Seq Scan","posts"]')
  })

  it('reads no post in sequence for an author, a tag or both, in any order', async () => {
    for (const order of ['rank', 'newest'] as const)
      for (const filters of [{ authorId }, { tags: [tag] }, { authorId, tags: [tag] }]) {
        const plans = await plansOf(roles.reader, () => services.queries.searchPosts(title, { ...filters, order }))
        expect(plans).toHaveLength(1)
        expect(told(plans)).not.toContain('["Seq Scan","posts"]')
      }
  })
})

describe('GET /analytics/posts', () => {
  it('reads no post in a zone that is counted beforehand', async () => {
    const plans = await plansOf(roles.reader, () => services.queries.getPostAnalytics(...week()))
    expect(told(plans)).toContain('daily_post_stats')
    expect(told(plans)).not.toContain('posts_')
    expect(told(plans)).not.toContain('"posts"')
  })

  it('reads the posts of the range by their index in any other', async () => {
    const inTokyo = () => services.queries.getPostAnalytics(...week(), { timeZone: 'Asia/Tokyo' })
    const plans = await plansOf(roles.reader, inTokyo)
    expect(plans).toHaveLength(1)
    const scans = plans[0]!.filter(({ index }) => index === 'posts_published_idx')
    for (const { properties } of scans) expect(properties['Index Cond']).toContain('created_at')
    expect(scans).toHaveLength(1)
  })
})

describe('GET /orders', () => {
  it('is one statement over the index of all orders, on the first page and far from it', async () => {
    const { orders } = servicesOf(watched.$as({ role: roles.admin }))
    let cursor: string | undefined
    for (let page = 0; page < 20; page++)
      cursor = (await orders.getPaginatedOrders({}, cursor, 100)).nextCursor ?? undefined
    for (const after of [undefined, cursor]) {
      const plans = await plansOf(roles.admin, () => orders.getPaginatedOrders({}, after))
      expect(plans).toHaveLength(1)
      const scans = plans[0]!.filter(({ table }) => table === 'orders')
      for (const { index, properties } of scans) {
        expect(index).toBe('orders_created_at_id_idx')
        if (after !== undefined) expect(properties['Index Cond']).toContain('ROW(')
      }
    }
  })
})
