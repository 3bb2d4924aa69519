import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cloneRepository } from './clone.ts'
import { asAdmin, tourOf } from './requests.ts'
import { expectNothingLeft, SMALL, type Start, start } from './shop.ts'

// Longer than any wait inside: a test that fails still stops what it has started.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

// One clone and its data for the whole file: the tests follow the day of a user.
const clone = cloneRepository()
let shop: Start
let url: string

beforeAll(async () => {
  shop = start({ folder: clone.folder, npm: true })
  url = await shop.opened()
})

afterAll(async () => {
  await shop[Symbol.asyncDispose]()
  clone[Symbol.dispose]()
})

test('every request of the tour works', async () => {
  const tour = tourOf(shop.stdout)
  expect(tour.map(({ method }) => method)).toEqual([...Array(10).fill('GET'), ...Array(4).fill('POST'), 'PATCH'])
  for (const { method, url, ...rest } of tour) {
    const response = await fetch(url, { method, ...rest })
    expect([method, url, response.status]).toEqual([method, url, method === 'POST' ? 201 : 200])
    await response.arrayBuffer()
  }
})

test('a write of the tour cannot be sent again, and what needs a token is closed without', async () => {
  for (const { method, url, headers, body } of tourOf(shop.stdout)) {
    if (headers.authorization === undefined) continue
    const { authorization: _, ...others } = headers
    const given = body === undefined ? {} : { body }
    if (method !== 'GET') expect([url, (await fetch(url, { method, headers, ...given })).status]).toEqual([url, 401])
    expect([url, (await fetch(url, { method, headers: others, ...given })).status]).toEqual([url, 401])
  }
})

test('there is something to see: active users, posts by search and by day', async () => {
  const read = async (part: string) => {
    const { url, headers } = tourOf(shop.stdout).find(({ url }) => url.includes(part))!
    return (await fetch(url, { headers })).json()
  }
  expect(await read('/users/active')).toEqual({ items: Array(5).fill(expect.anything()) })
  expect(await read('/posts/search')).toMatchObject({ items: expect.arrayContaining([expect.anything()]) })
  const { dailyStats } = (await read('/analytics/posts')) as { dailyStats: { postCount: number }[] }
  expect(dailyStats).toHaveLength(7)
  expect(Math.max(...dailyStats.map(({ postCount }) => postCount))).toBeGreaterThan(0)
})

test('two hundred requests at once are all answered', async () => {
  const responses = await Promise.all(
    Array.from({ length: 200 }, () => asAdmin(shop.stdout, '/users/active?limit=10&days=30')),
  )
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
  await Promise.all(responses.map((response) => response.arrayBuffer()))
})

test('the API works as a role that owns nothing and bypasses nothing, next to a streaming standby', async () => {
  const env = readFileSync(join(clone.folder, '.substrata', 'env'), 'utf8')
  const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(env)![1]!
  const role = await queryOne(
    setting('DATABASE_URL'),
    `SELECT current_user AS name, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS strong,
            (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = current_user`,
  )
  expect(role).toEqual({ name: 'shop_app', strong: false, owned: 0 })
  const served = await queryOne(
    setting('MIGRATE_DATABASE_URL'),
    `SELECT current_user AS name, array_agg(DISTINCT usename::text) AS users
       FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL`,
  )
  expect(served).toEqual({ name: 'shop_owner', users: ['shop_app'] })
  const replica = await queryOne(setting('REPLICA_DATABASE_URL'), 'SELECT pg_is_in_recovery() AS standby')
  expect(replica).toEqual({ standby: true })
})

async function queryOne(connectionString: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows[0]
  } finally {
    await client.end()
  }
}

test('a second start of the same clone says where the first one is', async () => {
  await using second = start({ folder: clone.folder })
  expect(await second.exit).toEqual({ code: 1, signal: null })
  const main = shop.descendants().find(({ command }) => command.includes('main.ts'))!
  expect(second.stderr).toContain(`Process ${main.pid} already serves the shop at ${url}.`)
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
})

test('Ctrl-C, which reaches every process of the terminal, is one clean stop', async () => {
  const family = shop.descendants()
  process.kill(-shop.pid, 'SIGINT')
  // npm repeats how its shell ended, and that one may count the interrupt as its own.
  const { code, signal } = await shop.exit
  expect(signal ?? code).toBeOneOf([0, 'SIGINT'])
  expect(shop.stderr).toContain('Stopped; nothing is left running.')
  expect(shop.stderr).not.toMatch(/^\s+at /m)
  await expectNothingLeft(clone.folder, family)
})

test('the next start keeps the data, and takes the next port when its own is taken', async () => {
  const email = 'kept@example.com'
  const port = await (async () => {
    await using first = start({ folder: clone.folder })
    const url = await first.opened()
    expect(first.stderr).not.toContain('Seeding')
    const response = await post(`${url}/users`, { email, name: 'Kept' })
    expect(response.status).toBe(201)
    return Number(new URL(url).port)
  })()
  await using blocker = await listenOn(port)
  await using again = start({ folder: clone.folder, args: ['--port', `${blocker.port}`] })
  const url = await again.opened()
  const next = Number(new URL(url).port)
  expect(next).toBeGreaterThan(blocker.port)
  expect(again.stderr).toContain(`Port ${blocker.port} is taken; the shop takes ${next}.`)
  expect((await post(`${url}/users`, { email, name: 'Kept' })).status).toBe(409)
})

test('--reset starts over', async () => {
  await using fresh = start({ folder: clone.folder, args: [...SMALL, '--reset'] })
  const url = await fresh.opened()
  expect(fresh.stderr).toContain('Seeding 100 users')
  expect((await post(`${url}/users`, { email: 'kept@example.com', name: 'New' })).status).toBe(201)
  expect(existsSync(join(clone.folder, '.substrata', 'running'))).toBe(true)
})

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

async function listenOn(port: number): Promise<AsyncDisposable & { port: number }> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, resolve)
  })
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}
