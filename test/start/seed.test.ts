import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assumableRoles } from '../../examples/shop/src/roles.ts'
import { planSeed, type SeedOptions, seedShop, shopTables } from '../../examples/shop/src/seed/index.ts'

const migrations = fileURLToPath(new URL('../../examples/shop/prisma/migrations', import.meta.url))
const today = new Date('2026-03-01T15:00:00Z')
const plan = planSeed({ scale: 0.05, today })

let database: TestDatabase
let client: Client

beforeAll(async () => {
  database = await createTestDatabase({ roles: assumableRoles, migrations })
  // Above the policies, to see what is there.
  client = new Client({ connectionString: database.adminUrl })
  await client.connect()
  expect(await seed()).toBe('seeded')
})

afterAll(async () => {
  await client?.end()
  await database?.drop()
})

function seed(options: Partial<SeedOptions> = {}): Promise<'seeded' | 'kept'> {
  return seedShop({ url: database.ownerUrl, plan, ...options })
}

/** Of all rows of all tables, whatever their order. */
async function checksum(): Promise<string> {
  const sums: string[] = []
  for (const table of shopTables) {
    const { rows } = await client.query(
      `SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), '')) AS sum FROM ${table} t`,
    )
    sums.push(`${table} ${rows[0].sum}`)
  }
  return sums.join('\n')
}

async function count(sql: string): Promise<number> {
  const { rows } = await client.query(`SELECT count(*)::int AS count FROM (${sql}) AS found`)
  return rows[0].count
}

async function foreignKeys(): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT conrelid::regclass::text, conname, convalidated, pg_get_constraintdef(oid)
       FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2`,
  )
  return rows
}

async function indexes(): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT pg_get_indexdef(indexrelid) AS made, indisvalid, obj_description(indexrelid, 'pg_class') AS comment
       FROM pg_index WHERE indrelid::regclass::text = ANY ($1) ORDER BY 1`,
    [shopTables],
  )
  return rows
}

test('the volume is that of the plan', async () => {
  expect(planSeed({ scale: 1, today })).toMatchObject({
    users: 5_000,
    posts: 50_000,
    comments: 150_000,
    orders: 20_000,
  })
  expect(planSeed({ scale: 20, today }).posts).toBe(1_000_000)
  for (const [table, rows] of Object.entries({ users: 250, posts: 2_500, comments: 7_500, orders: 1_000 }))
    expect([table, await count(`SELECT FROM ${table}`)]).toEqual([table, rows])
  for (const table of shopTables) expect([table, await count(`SELECT FROM ${table}`)]).not.toEqual([table, 0])
})

test('the same day gives the same rows, whatever the size of the batches; another seed gives others', async () => {
  const first = await checksum()
  expect(await seed({ replace: true, chunk: 100 })).toBe('seeded')
  expect(await checksum()).toBe(first)
  const later = planSeed({ scale: 0.05, today: new Date('2026-03-01T23:59:59.999Z') })
  expect(await seed({ replace: true, chunk: 10_000_000, plan: later })).toBe('seeded')
  expect(await checksum()).toBe(first)
  expect(await seed({ replace: true, plan: planSeed({ scale: 0.05, today, seed: 2 }) })).toBe('seeded')
  expect(await checksum()).not.toBe(first)
  expect(await seed({ replace: true })).toBe('seeded')
})

test('the rows are consistent among themselves', async () => {
  const broken = {
    'orders whose total is not that of their items': `
      SELECT FROM orders o WHERE total <> (SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = o.id)`,
    'posts older than their author': `
      SELECT FROM posts p JOIN users u ON u.id = author_id WHERE p.created_at < u.created_at`,
    'comments older than their post or author': `
      SELECT FROM comments c JOIN users u ON u.id = author_id JOIN posts p ON p.id = post_id
       WHERE c.created_at < greatest(u.created_at, p.created_at)`,
    'orders older than their customer': `
      SELECT FROM orders o JOIN users u ON u.id = customer_id WHERE o.created_at < u.created_at`,
    'published posts without a time, or the other way round': `
      SELECT FROM posts WHERE published <> (published_at IS NOT NULL) OR published_at < created_at`,
    'ids that no cuid could be': ['users', 'user_profiles', 'posts', 'comments', 'tags', 'orders']
      .map((table) => `SELECT FROM ${table} WHERE id !~ '^c[0-9a-z]{24}$'`)
      .join(' UNION ALL '),
    'rows changed before they were made, or after today began': ['users', 'posts', 'comments', 'orders']
      .map((table) => `SELECT FROM ${table} WHERE updated_at < created_at OR updated_at > '2026-03-01T00:00:00Z'`)
      .join(' UNION ALL '),
  }
  for (const [fault, sql] of Object.entries(broken)) expect([fault, await count(sql)]).toEqual([fault, 0])
})

test('there is something to find: recent activity, every order status, every tag, searched words', async () => {
  expect(
    await count(`SELECT FROM posts WHERE created_at > timestamptz '2026-03-01' - interval '7 days'`),
  ).toBeGreaterThan(10)
  expect(await count('SELECT DISTINCT status FROM orders')).toBe(5)
  expect(await count('SELECT FROM tags WHERE id NOT IN (SELECT tag_id FROM post_tags)')).toBe(0)
  expect(await count(`SELECT FROM posts WHERE title ILIKE '%keyset pagination%'`)).toBeGreaterThan(10)
})

test('tables that hold anything are left as they are', async () => {
  const before = await checksum()
  expect(await seed({ plan: planSeed({ scale: 0.01, today }) })).toBe('kept')
  expect(await checksum()).toBe(before)
})

test('an interrupted seed leaves what was there, foreign keys included', async () => {
  const [before, keys] = [await checksum(), await foreignKeys()]
  const controller = new AbortController()
  const reason = new Error('enough')
  const progress = () => ({
    part: (name: string) => {
      if (name === 'comments') controller.abort(reason)
    },
    advance: () => {},
    end: () => {},
  })
  await expect(seed({ replace: true, progress, signal: controller.signal })).rejects.toBe(reason)
  expect(await checksum()).toBe(before)
  expect(await foreignKeys()).toEqual(keys)
})

test('a seed puts foreign keys and indexes back as they were, and leaves statistics', async () => {
  const [keys, made] = [await foreignKeys(), await indexes()]
  expect(keys).toHaveLength(8)
  expect(made.length).toBeGreaterThan(20)
  expect(await seed({ replace: true })).toBe('seeded')
  expect(await foreignKeys()).toEqual(keys)
  expect(await indexes()).toEqual(made)
  const { rows } = await client.query(`SELECT reltuples FROM pg_class WHERE oid = 'posts'::regclass`)
  expect(rows[0].reltuples).toBe(2_500)
})

test('of two that seed at once, one does and the other keeps', async () => {
  await client.query(`TRUNCATE ${shopTables.join(', ')}`)
  expect((await Promise.all([seed(), seed()])).sort()).toEqual(['kept', 'seeded'])
  expect(await count('SELECT FROM users')).toBe(250)
})

test('the policies are over the owner again afterwards', async () => {
  const { rows } = await client.query(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND NOT relforcerowsecurity`,
  )
  expect(rows).toEqual([])
})
