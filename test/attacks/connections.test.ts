import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { auditor, type Db, fill, openClient, sampled, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()

type Trouble = readonly [name: string, make: (north: Db) => PromiseLike<unknown>]

/** Ways in which work on a connection can end badly. */
const troubles: readonly Trouble[] = [
  ['an error', (db) => db.$queryRaw`SELECT 1 / 0`],
  ['a constraint', (db) => db.member.create({ data: { tenantId: 'north', email: 'm1@example.org' } })],
  ['a denied write', (db) => db.member.create({ data: { tenantId: 'south', email: 'x' } })],
  ['a timeout', (db) => db.$with({ timeout: 50 }).$queryRaw`SELECT pg_sleep(20)::text`],
  [
    'a timeout on the server',
    (db) =>
      db.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL statement_timeout = 20`
        await tx.$queryRaw`SELECT pg_sleep(20)::text`
      }),
  ],
  ['a cancel', (db) => db.$with({ signal: AbortSignal.timeout(50) }).$queryRaw`SELECT pg_sleep(20)::text`],
  ['a backend that ends', (db) => db.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())::text`],
  [
    'a rolled back transaction',
    (db) =>
      db.$transaction(async (tx) => {
        await tx.post.count()
        throw new Error('rolled back')
      }),
  ],
  [
    'a failed transaction',
    (db) =>
      db.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1 / 0`
      }),
  ],
  [
    'an abandoned transaction',
    (db) =>
      new Promise<void>((resolve) => {
        const abandoned = async (tx: Pick<Db, 'post'>) => {
          await tx.post.count()
          resolve()
          await new Promise(() => {})
        }
        db.$transaction(abandoned, { timeout: 50 }).catch(() => {})
      }),
  ],
  [
    'a transaction that runs out of time in a statement',
    (db) => db.$transaction((tx) => tx.$queryRaw`SELECT pg_sleep(20)::text`, { timeout: 50 }),
  ],
]

const hidden = (call: string) => `SELECT query_to_xml('select set' || '_${call}', true, true, '')::text`

/** Raw statements that change the session that they run in. */
const changes: readonly string[] = [
  `SELECT set_config('app.tenant_id', 'south', false)`,
  `SELECT set_config('app.tenant_id', 'south', false) FROM generate_series(1, 3)`,
  `SET app.tenant_id = 'south'`,
  `SET SESSION app.tenant_id TO 'south'`,
  `/* SELECT */ SET app.tenant_id = 'south'`,
  `SET app.user_id = 'bob'`,
  `SET app.claims = '{"admin":true}'`,
  `SET ROLE ${auditor}`,
  `SELECT set_config('role', '${auditor}', false)`,
  `DO $$ BEGIN PERFORM set_config('app.tenant_id', 'south', false); END $$`,
  hidden(`config(''app.tenant_id'', ''south'', false)`),
  hidden(`config(''role'', ''${auditor}'', false)`),
  hidden(`config(''app.user_id'', ''bob'', false)`),
  'RESET ALL',
  'RESET app.tenant_id',
  'RESET ROLE',
  'DISCARD ALL',
  'DISCARD PLANS',
  'DEALLOCATE ALL',
  `SET search_path = pg_temp`,
  `CREATE TEMP TABLE posts AS SELECT 1 AS id, 'south'::text AS tenant_id, 'south'::text AS title, 1 AS author_id, 1 AS category_id`,
  `SET default_transaction_read_only = on`,
]

const who = `SELECT coalesce(current_tenant_id(), '') AS tenant, coalesce(current_user_id(), '') AS person,
  coalesce(current_setting('app.claims', true), '') AS claims, (current_user = session_user)::text AS itself`
const nobody = { tenant: '', person: '', claims: '', itself: 'true' }

/** One connection for everything, or one for what writes and one that reads share. */
const connections = {
  'one connection': { maxConnections: 1, lanes: 0 },
  'a lane beside': { maxConnections: 2, lanes: 1 },
}

const settings = sampled([
  ['direct', 'one connection'],
  ['prisma', 'one connection'],
  ['prisma', 'a lane beside'],
  ['direct', 'a lane beside'],
] as const)

describe.each(settings)('who comes after (%s, %s)', (queryPath, which) => {
  let db: Db
  beforeEach(async () => {
    db = await openClient({ url: database.url, queryPath, config: connections[which] })
    return () => db.$close()
  })
  beforeAll(() => fill(database))

  async function expectClean(): Promise<void> {
    const unknown = db.$unprotected('a test')
    expect(await unknown.$queryRawUnsafe(who)).toEqual([nobody])
    expect(await unknown.post.count()).toBe(0)
    expect(await db.$as({}).note.count()).toBe(0)
    for (const tenantId of ['south', 'north'] as const) {
      const rows = await db.$as({ tenantId }).post.findMany({ select: { tenantId: true } })
      expect(rows).toEqual([{ tenantId }, { tenantId }, { tenantId }])
    }
    expect(await db.$as({ userId: 'alice' }).$queryRawUnsafe(who)).toEqual([{ ...nobody, person: 'alice' }])
    const written = await db.$as({ userId: 'alice' }).note.update({ where: { id: 1 }, data: { text: 'of alice' } })
    expect(written.ownerId).toBe('alice')
    expect(await unknown.$queryRawUnsafe(who)).toEqual([nobody])
  }

  it.each(troubles)('after %s', async (_name, make) => {
    const north = db.$as({ tenantId: 'north', userId: 'mallory', claims: { admin: true } })
    await north.post.count()
    await (async () => make(north))().catch(() => {})
    await expectClean()
  })

  it.each(changes)('after %s', async (sql) => {
    // Once on a connection that has had no context yet, once on one that has.
    await db
      .$unprotected('a test')
      .$executeRawUnsafe(sql)
      .catch(() => {})
    await expectClean()
    const north = db.$as({ tenantId: 'north', userId: 'mallory', role: auditor })
    await north.$executeRawUnsafe(sql).catch(() => {})
    await expectClean()
    await north.$transaction((tx) => tx.$executeRawUnsafe(sql)).catch(() => {})
    await expectClean()
  })
})

describe('on a connection with its context in the session, as it is often done', () => {
  let naive: Client
  beforeAll(async () => {
    await fill(database)
    naive = new Client({ connectionString: database.url })
    await naive.connect()
  })
  afterAll(() => naive.end())

  it('whoever comes after an error has the rows of who came before', async () => {
    await naive.query(`SELECT set_config('app.tenant_id', 'north', false)`)
    await naive.query('SELECT 1 / 0').catch(() => {})
    expect((await naive.query('SELECT count(*)::int AS n FROM posts')).rows).toEqual([{ n: 3 }])
  })

  it.each(changes.filter((sql) => /app\.(tenant|user)_id''?,|app\.tenant_id (?:=|TO)|ROLE a|'role'/i.test(sql)))(
    'and after %s',
    async (sql) => {
      await naive.query('DISCARD ALL')
      const count = 'SELECT (SELECT count(*) FROM posts)::int + (SELECT count(*) FROM notes)::int AS n'
      expect((await naive.query(count)).rows).toEqual([{ n: 0 }])
      await naive.query(sql)
      expect((await naive.query(count)).rows[0].n).toBeGreaterThan(0)
    },
  )

  it.each([
    ['CREATE TEMP TABLE posts AS SELECT 1 AS id', 'SELECT count(*)::int AS n FROM posts', [{ n: 1 }]],
    ['SET search_path = pg_temp', 'SELECT count(*)::int AS n FROM posts', 'relation "posts" does not exist'],
    ['SET default_transaction_read_only = on', 'DELETE FROM posts', 'read-only transaction'],
    [`SET app.claims = '{"admin":true}'`, `SELECT current_setting('app.claims', true) AS c`, [{ c: '{"admin":true}' }]],
  ])('and after %s', async (sql, after, met) => {
    await naive.query('DISCARD ALL')
    await naive.query(sql)
    const answer = naive.query(after).then(({ rows }) => rows)
    if (typeof met === 'string') await expect(answer).rejects.toThrow(met)
    else expect(await answer).toEqual(met)
    await naive.query('DISCARD ALL')
  })
})

describe('a context that the database or the role sets by itself', () => {
  const [name, role] = [() => database.name, () => new URL(database.url).username]
  const admin = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql))
  beforeAll(async () => {
    await fill(database)
    await admin(`ALTER DATABASE "${name()}" SET app.tenant_id = 'south'`)
    await admin(`ALTER ROLE "${role()}" IN DATABASE "${name()}" SET app.user_id = 'bob'`)
    await admin(`ALTER ROLE "${role()}" IN DATABASE "${name()}" SET role = '${auditor}'`)
  })
  afterAll(async () => {
    await admin(`ALTER DATABASE "${name()}" RESET app.tenant_id`)
    await admin(`ALTER ROLE "${role()}" IN DATABASE "${name()}" RESET ALL`)
  })

  it.each(['direct', 'prisma'] as const)('is nobody’s (%s)', async (queryPath) => {
    await using db = await openClient({ url: database.url, queryPath })
    for (let round = 0; round < 3; round++) {
      expect(await db.$as({}).$queryRawUnsafe(who)).toEqual([nobody])
      expect(await db.$as({}).note.count()).toBe(0)
      expect(await db.$unprotected('a test').post.count()).toBe(0)
      expect(await db.$as({ tenantId: 'north' }).post.findMany({ select: { tenantId: true } })).toEqual(
        Array(3).fill({ tenantId: 'north' }),
      )
      // What follows must not find what this has reset.
      await db.$as({}).$executeRawUnsafe('RESET ALL')
    }
  })

  it('is everybody’s on connections that do not look (control)', async () => {
    await withClient(database.url, async (client) => {
      const count = 'SELECT (SELECT count(*) FROM posts)::int AS posts, (SELECT count(*) FROM notes)::int AS notes'
      expect((await client.query(count)).rows).toEqual([{ posts: 3, notes: 2 }])
    })
  })
})
