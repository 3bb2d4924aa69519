import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { createAssumableRoles } from 'substrata'
import { createTestDatabase } from 'substrata/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { assumableRoles } from '../../examples/shop/src/roles.ts'
import { full } from '../rounds.ts'
import { cloneRepository } from './clone.ts'
import { asAdmin } from './requests.ts'
import { type Start, start } from './shop.ts'

// Longer than any wait inside: a test that fails still stops what it has started.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

const clone = cloneRepository()
const { folder } = clone
afterAll(() => clone[Symbol.dispose]())

interface Urls {
  readonly url: string
  readonly ownerUrl: string
}

function startOn({ url, ownerUrl }: Urls, args: readonly string[] = []): Start {
  return start({
    folder,
    args: ['--scale', '0.02', '--port', '0', ...args],
    env: { DATABASE_URL: url, MIGRATE_DATABASE_URL: ownerUrl },
  })
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** As the shop's policies name them. */
const roles = assumableRoles

const userTables = `SELECT oid::regclass::text AS name FROM pg_class
  WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
  ORDER BY 1`

test('an empty database is migrated, seeded when told to, emptied when told to, and no server is started', async () => {
  await using database = await createTestDatabase({ roles })
  await (async () => {
    await using shop = startOn(database)
    const url = await shop.opened()
    expect(await (await fetch(`${url}/posts`)).json()).toMatchObject({ items: [] })
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    expect(shop.stdout).toContain(`as ${new URL(database.url).username}`)
  })()
  const usersOf = async (args: string[]): Promise<unknown> => {
    await using shop = startOn(database, args)
    const url = await shop.opened()
    const response = await fetch(`${url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'x@example.com' }),
    })
    expect(response.status).toBe(201)
    return ((await (await asAdmin(shop.stdout, '/statistics')).json()) as { userCount: number }).userCount
  }
  expect(await usersOf(['--seed'])).toBe(101)
  if (full) expect(await usersOf(['--reset'])).toBe(101)
  await (async () => {
    await using shop = startOn(database, ['--seed'])
    await shop.opened()
    expect(shop.stderr).toContain('hold data, which is kept')
  })()
  expect(await query(database.adminUrl, 'SELECT count(*)::int AS count FROM users')).toEqual([{ count: 101 }])
  expect(existsSync(join(folder, '.substrata'))).toBe(false)
})

test.each([
  ['tables of somebody else', `CREATE TABLE invoices (id int)`, 'holds something else: public.invoices'],
  ['tables that are named like the shop’s', `CREATE TABLE users (id int)`, 'holds something else: public.users'],
  ['tables in another schema', `CREATE SCHEMA crm; CREATE TABLE crm.leads (id int)`, 'holds something else: crm.leads'],
  [
    'the migrations of another application',
    `CREATE TABLE _prisma_migrations (migration_name text);
     INSERT INTO _prisma_migrations VALUES ('20200101000000_theirs')`,
    'belongs to another application: its migrations (20200101000000_theirs)',
  ],
])('%s are not touched, even with --seed and --reset', async (_, setup, message) => {
  await using database = await createTestDatabase({ setup })
  const before = await query(database.adminUrl, userTables)
  const insisting = setup.includes('SCHEMA') ? [] : ['--allow-other-tables']
  await using shop = startOn(database, ['--seed', '--reset', ...insisting])
  expect(await shop.exit).toEqual({ code: 1, signal: null })
  expect(shop.stderr).toContain(message)
  expect(shop.stderr).toContain('Name an empty database')
  expect(await query(database.adminUrl, userTables)).toEqual(before)
})

test.runIf(full)('--allow-other-tables puts the shop beside other schemas', async () => {
  await using database = await createTestDatabase({
    roles,
    setup: 'CREATE SCHEMA crm; CREATE TABLE crm.leads (id int)',
  })
  await using shop = startOn(database, ['--allow-other-tables', '--seed'])
  await shop.opened()
  expect((await asAdmin(shop.stdout, '/users/active')).status).toBe(200)
  expect(await query(database.adminUrl, userTables)).toContainEqual({ name: 'crm.leads' })
})

test.runIf(full)('without MIGRATE_DATABASE_URL the one role does everything, and the shop says so', async () => {
  await using database = await createTestDatabase()
  const owner = new URL(database.ownerUrl).username
  await createAssumableRoles(database.adminUrl, { owner, application: owner, roles })
  await using shop = start({
    folder,
    args: ['--scale', '0.01', '--seed', '--port', '0'],
    env: { DATABASE_URL: database.ownerUrl },
  })
  await shop.opened()
  expect(shop.stdout).toContain('MIGRATE_DATABASE_URL is not set')
  expect((await asAdmin(shop.stdout, '/statistics')).status).toBe(200)
})

test('a role to which policies do not apply is refused, and roles that are missing are told with their statements', async () => {
  await using database = await createTestDatabase()
  await using above = startOn({ url: database.adminUrl, ownerUrl: database.adminUrl })
  expect(await above.exit).toEqual({ code: 1, signal: null })
  expect(above.stderr).toContain('would show everything to everyone')
  const url = new URL(database.url)
  url.username = `stranger_${database.name}`
  await query(database.adminUrl, `CREATE ROLE ${url.username} LOGIN PASSWORD '${url.password}'`)
  try {
    await using stranger = startOn({ url: url.href, ownerUrl: database.ownerUrl })
    expect(await stranger.exit).toEqual({ code: 1, signal: null })
    expect(stranger.stderr).toMatch(new RegExp(`GRANT "?admin_role"? TO "?${url.username}"? WITH INHERIT FALSE`))
  } finally {
    await query(database.adminUrl, `DROP ROLE ${url.username}`)
  }
})

test('a database that lets nobody in is named, its password is not', async () => {
  await using database = await createTestDatabase()
  const url = new URL(database.url)
  url.password = 'not-the-password'
  await using shop = startOn({ url: url.href, ownerUrl: url.href })
  expect(await shop.exit).toEqual({ code: 1, signal: null })
  expect(shop.stderr).toContain(`There is no way into ${url.host}/${database.name} as ${url.username}`)
  expect(shop.stderr).not.toContain('not-the-password')
  expect(shop.stderr).not.toMatch(/^\s+at /m)
})

test('a wrong flag ends with exit code 2 and the usage', async () => {
  await using shop = start({ folder, args: ['--sclae', '2'] })
  expect(await shop.exit).toEqual({ code: 2, signal: null })
  expect(shop.stderr).toMatch(/unknown option '--sclae'[\s\S]*Usage: npm start --/)
})
