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
  hidden(`config(''search_path'', ''pg_temp'', false)`),
  hidden(`config(''TimeZone'', ''Asia/Tokyo'', false)`),
  hidden(`config(''default_transaction_read_only'', ''on'', false)`),
  `SELECT query_to_xml('select pg_advis' || 'ory_lock(1)', true, true, '')::text`,
  `-- set local\nSET search_path = pg_temp`,
  `-- set local\nPREPARE sub_set_4 (text, text, text, text, text, text, text, text) AS SELECT 1`,
  `-- set local\nPREPARE of_somebody AS SELECT 1`,
  `--\rSET search_path = pg_temp`,
  `/* SELECT */ CREATE TEMP TABLE posts AS SELECT 'south'::text AS tenant_id`,
  `CREATE TEMP TABLE posts AS SELECT 'south'::text AS tenant_id -- ON COMMIT DROP`,
  `SELECT 'south'::text AS tenant_id INTO TEMP posts`,
  `WITH fake AS (VALUES ('south')) SELECT column1 AS tenant_id INTO pg_temp.posts FROM fake`,
  `EXPLAIN (ANALYZE) CREATE TEMP TABLE posts AS SELECT 'south'::text AS tenant_id`,
  'RESET ALL',
  'RESET app.tenant_id',
  'RESET ROLE',
  'DISCARD ALL',
  'DEALLOCATE ALL',
  `SET search_path = pg_temp`,
  `CREATE TEMP TABLE posts AS SELECT 1 AS id, 'south'::text AS tenant_id, 'south'::text AS title, 1 AS author_id, 1 AS category_id`,
  `SET default_transaction_read_only = on`,
]

const who = `SELECT coalesce(current_tenant_id(), '') AS tenant, coalesce(current_user_id(), '') AS person,
  coalesce(current_setting('app.claims', true), '') AS claims, (current_user = session_user)::text AS itself`
/** What a session keeps beside the context, for whoever comes next. */
const kept = `SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone,
  current_setting('default_transaction_read_only') AS read_only, 'posts'::regclass::oid::int AS posts,
  (SELECT count(*)::int FROM pg_prepared_statements WHERE from_sql) AS prepared,
  (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`
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
  let fresh: unknown
  beforeAll(async () => {
    await fill(database)
    await withClient(database.url, async (client) => {
      await client.query(`SET TimeZone = 'UTC'`)
      fresh = (await client.query(kept)).rows
    })
  })

  async function expectClean(): Promise<void> {
    const unknown = db.$unprotected('a test')
    expect(await unknown.$queryRawUnsafe(who)).toEqual([nobody])
    expect(await unknown.$queryRawUnsafe(kept)).toEqual(fresh)
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

  it.each(changes)('and is not as it was after %s', async (sql) => {
    await naive.query('DISCARD ALL')
    await naive.query(`SET TimeZone = 'America/Lima'; SET app.tenant_id = 'north'; PREPARE mine AS SELECT 1`)
    if (sql === 'RESET ROLE') await naive.query(`SET ROLE ${auditor}`)
    const state = async () => {
      const answers: unknown[] = []
      for (const question of [who, kept, 'EXECUTE mine'])
        answers.push(await naive.query(question).then(({ rows }) => rows, String))
      return answers
    }
    const before = await state()
    await naive.query(sql)
    expect(await state()).not.toEqual(before)
    await naive.query('DISCARD ALL')
  })
})

describe('a statement that was prepared for one', () => {
  const asked = 'SELECT tenant_id FROM posts ORDER BY id LIMIT 1'
  const [forget, forge] = ['DEALLOCATE', 'PREPARE']

  it.each(['', '-- set local\n', '/* SELECT */ ', '--\r'])(
    'is not another’s to replace, behind %j',
    async (disguise) => {
      await fill(database)
      await using db = await openClient({ url: database.url, config: connections['one connection'] })
      const [north, south] = [db.$as({ tenantId: 'north' }), db.$as({ tenantId: 'south' })]
      for (let round = 0; round < 2; round++)
        expect(await south.$queryRawUnsafe(asked)).toEqual([{ tenant_id: 'south' }])
      const prepared = (await north.$queryRaw`SELECT name, statement FROM pg_prepared_statements`) as {
        readonly name: string
        readonly statement: string
      }[]
      const { name } = prepared.find(({ statement }) => statement === asked)!
      await north.$executeRawUnsafe(`${disguise}${forget} ${name}`)
      await north.$executeRawUnsafe(`${disguise}${forge} ${name} AS SELECT 'forged' AS tenant_id`)
      expect(await south.$queryRawUnsafe(asked)).toEqual([{ tenant_id: 'south' }])
    },
  )

  it('is, on a connection that is used again (control)', async () => {
    await withClient(database.url, async (client) => {
      await client.query({ name: 'its', text: asked })
      await client.query(`${forget} its`)
      await client.query(`${forge} its AS SELECT 'forged' AS tenant_id`)
      expect((await client.query({ name: 'its', text: asked })).rows).toEqual([{ tenant_id: 'forged' }])
    })
  })

  it('is planned anew for whoever asks, in whatever role', async () => {
    await using db = await openClient({ url: database.url, config: { maxConnections: 2, lanes: 1 } })
    for (let round = 0; round < 12; round++) {
      expect(await db.$as({ role: auditor }).note.count()).toBe(2)
      expect(await db.$as({ userId: 'alice' }).note.count()).toBe(1)
      expect(await db.$as({}).note.count()).toBe(0)
    }
  })
})

describe.each(['direct', 'prisma'] as const)('a context that a trigger leaves in the session (%s)', (queryPath) => {
  const ways = [`set_config('app.user_id', 'bob', false)`, `set_config('role', '${auditor}', false)`]

  it.each(ways)('%s, is nobody else’s', async (left) => {
    await fill(database)
    await withClient(database.ownerUrl, (owner) =>
      owner.query(`
        CREATE OR REPLACE FUNCTION leave_behind() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM ${left}; RETURN NULL; END $$;
        CREATE OR REPLACE TRIGGER leave_behind AFTER UPDATE ON categories FOR EACH ROW EXECUTE FUNCTION leave_behind()`),
    )
    try {
      await using db = await openClient({ url: database.url, queryPath, config: connections['one connection'] })
      const [north, alice] = [db.$as({ tenantId: 'north' }), db.$as({ userId: 'alice' })]
      const write = { where: { id: 1 }, data: { name: 'news' } }
      const writes: readonly (() => PromiseLike<unknown>)[] = [
        () => north.category.update(write),
        () => north.$transaction((tx) => tx.category.update(write)),
        () => north.$executeRaw`UPDATE categories SET name = name`,
      ]
      for (const change of writes) {
        await change()
        expect(await north.note.findMany()).toEqual([])
        expect(await north.note.findMany()).toEqual([])
        await change()
        expect((await alice.note.findMany()).map(({ ownerId }) => ownerId)).toEqual(['alice'])
        await change()
        expect((await alice.note.update({ where: { id: 1 }, data: { text: 'of alice' } })).ownerId).toBe('alice')
        expect(await north.note.count()).toBe(0)
      }
    } finally {
      await withClient(database.ownerUrl, (owner) => owner.query('DROP FUNCTION leave_behind CASCADE'))
    }
  })
})

it('what puts a session back leaves the context to triggers that wait for the end of the transaction', async () => {
  await fill(database)
  await withClient(database.ownerUrl, (owner) =>
    owner.query(`
      CREATE FUNCTION sign_note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE notes SET text = 'signed by ' || current_user_id() WHERE id = NEW.id; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER sign_note AFTER INSERT ON notes INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sign_note()`),
  )
  await using db = await openClient({ url: database.url })
  const alice = db.$as({ userId: 'alice' })
  const write = (on: Pick<Db, '$executeRaw'>) =>
    on.$executeRaw`INSERT INTO notes (owner_id, text) VALUES (lower('ALICE'), '')`
  await write(alice)
  await alice.$transaction((tx) => write(tx))
  expect(await alice.note.count({ where: { text: 'signed by alice' } })).toBe(2)
  await withClient(database.ownerUrl, (owner) =>
    owner.query('DROP TRIGGER sign_note ON notes; DROP FUNCTION sign_note'),
  )
})

it('a COMMIT behind a comment does not end somebody’s transaction', async () => {
  await fill(database)
  await using db = await openClient({ url: database.url })
  const north = db.$as({ tenantId: 'north' })
  for (const text of ['--\rCOMMIT', '/* /* */ */ COMMIT', '-- rollback to a\nROLLBACK', '-- savepoint a\rCOMMIT']) {
    const work = north.$transaction(async (tx) => {
      await tx.post.updateMany({ data: { title: 'half' } })
      await tx.$executeRawUnsafe(text)
    })
    await expect(work).rejects.toThrow()
    expect(await north.post.count({ where: { title: 'half' } })).toBe(0)
  }
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
