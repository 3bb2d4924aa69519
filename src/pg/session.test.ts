import { describe, expect, it } from 'vitest'
import { openSession, operation, read, rejection, rowsOf, write } from '../../test/session.ts'
import type { StatementEvent } from '../core/events.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import { isDatabaseError } from './errors.ts'
import { withClient } from './with-client.ts'

const database = useTestDatabase({
  setup: `
    create table parents (id int primary key);
    create table children (parent int references parents deferrable initially deferred);
    create table log (who text, tenant text, claims text, role text, note text);
    grant select, insert, update, delete on all tables in schema public to public;
  `,
})

const context = `select current_setting('app.user_id', true), current_setting('app.tenant_id', true),
  current_setting('app.claims', true), current_user`

describe('execute', () => {
  it.each(['read', 'write'] as const)('gives the texts, the fields, the tag and the count of a %s', async (kind) => {
    await using session = openSession(database.url)
    const statement = {
      text: `select $1::int as n, $2::text as t, null as nothing, ''::text as empty, 'ä😀'::text`,
      values: ['7', 'x'],
    }
    for (let i = 0; i < 3; i++) {
      const result = await session.execute(operation(kind), statement)
      expect(result.rows).toEqual([['7', 'x', null, '', 'ä😀']])
      expect(result.fields.map(({ name, type }) => [name, type])).toEqual([
        ['n', 23],
        ['t', 25],
        ['nothing', 25],
        ['empty', 25],
        ['text', 25],
      ])
      expect(result).toMatchObject({ command: 'SELECT', count: 1 })
    }
  })

  it('counts what was written, and knows commands without a count', async () => {
    await using session = openSession(database.url)
    const insert = { text: 'insert into parents select generate_series(1, 5)', values: [] }
    expect(await session.execute(write(), insert)).toMatchObject({ command: 'INSERT', count: 5, rows: [] })
    expect(await session.execute(write(), { text: 'delete from parents', values: [] })).toMatchObject({ count: 5 })
    expect(await session.execute(write(), { text: 'create temp table t (x int)', values: [] })).toMatchObject({
      command: 'CREATE TABLE',
      count: undefined,
    })
    expect(await session.execute(write(), { text: '', values: [] })).toMatchObject({ command: '', rows: [] })
  })

  it('carries bytes, long texts, many rows and rows in pieces', async () => {
    await using session = openSession(database.url)
    const long = 'ü'.repeat(300_000)
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    const result = await session.execute(read(), {
      text: `select $1::text, encode($2::bytea, 'hex') from generate_series(1, 3)`,
      values: [long, bytes],
    })
    expect(result.rows).toHaveLength(3)
    expect(result.rows[2]).toEqual([long, Buffer.from(bytes).toString('hex')])
    expect((await rowsOf(session, read(), 'select i from generate_series(1, 50000) i')).at(-1)).toEqual(['50000'])
  })

  it("rejects with pg's own error, its SQLSTATE and where the caller stood", async () => {
    await using session = openSession(database.url)
    await session.execute(write(), { text: 'insert into parents values (1)', values: [] })
    const error = await rejection(session.execute(write(), { text: 'insert into parents values (1)', values: [] }))
    expect(isDatabaseError(error, '23505')).toBe(true)
    expect(error).toMatchObject({ constraint: 'parents_pkey', table: 'parents', severity: 'ERROR' })
    expect(error.stack).toContain('session.test.ts')
    expect(await rowsOf(session, read(), 'select 1')).toEqual([['1']])
    await session.execute(write(), { text: 'delete from parents', values: [] })
  })

  it('an error that comes only with the commit is an error', async () => {
    await using session = openSession(database.url)
    for (let i = 0; i < 3; i++) {
      const insert = session.execute(write(), { text: 'insert into children values (42) returning parent', values: [] })
      expect(await rejection(insert)).toMatchObject({ code: '23503' })
    }
    expect(await rowsOf(session, read(), 'select count(*) from children')).toEqual([['0']])
  })

  it('refuses what opens or ends a transaction, however it is written', async () => {
    await using session = openSession(database.url)
    for (const text of [
      'begin',
      ' /* a /* b */ */ COMMIT',
      '-- x\nrollback',
      "prepare transaction 'x'",
      ';savepoint a',
    ])
      expect(await rejection(session.execute(write(), { text, values: [] }))).toMatchObject({
        code: 'SUB_TRANSACTION_STATEMENT',
      })
  })

  it('refuses more parameters than the protocol counts, and goes on', async () => {
    await using session = openSession(database.url)
    const values = new Array<string>(65_536).fill('1')
    for (const op of [read(), write()])
      expect(await rejection(session.execute(op, { text: 'select 1', values }))).toMatchObject({
        code: 'SUB_TOO_MANY_PARAMETERS',
      })
    expect(await rowsOf(session, read(), 'select 1')).toEqual([['1']])
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })

  it('answers many at once, each with its own, across lanes and connections', async () => {
    await using session = openSession(database.url, { maxConnections: 6, lanes: 2 })
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) =>
        i % 7 === 0
          ? session.execute(i % 2 ? read() : write(), { text: 'select 1/0', values: [] }).catch(() => 'failed')
          : rowsOf(session, i % 3 ? read() : write(), i % 2 ? 'select $1::int' : 'select $1::text', [String(i)]),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 2_000 }, (_, i) => (i % 7 === 0 ? 'failed' : [[String(i)]])))
    expect(session.stats().pool.open).toBeLessThanOrEqual(4)
    expect(session.stats().lanes.open).toBeLessThanOrEqual(2)
  })

  it('runs what cannot stand in a transaction block, and what changes the session only for itself', async () => {
    await using session = openSession(database.ownerUrl, { maxConnections: 1, lanes: 0 })
    await session.execute(write(), { text: 'vacuum parents', values: [] })
    await session.execute(write(), { text: 'create index concurrently on log (who)', values: [] })
    await session.execute(write(), { text: "set app.user_id = 'stray'", values: [] })
    expect((await rowsOf(session, write(), context))[0]?.[0]).toBeNull()
    await session.execute(write(), { text: "select set_config('app.user_id', 'stray', false)", values: [] })
    expect((await rowsOf(session, write(), context))[0]?.[0]).toBeNull()
    await session.execute(write(), { text: 'select pg_advisory_lock(1)', values: [] })
    const other = `select pg_try_advisory_lock(1)`
    await expect
      .poll(() => withClient(database.ownerUrl, async (client) => (await client.query(other)).rows[0]))
      .toEqual({ pg_try_advisory_lock: true })
  })

  it('pins UTC and ISO, whatever the role has set', async () => {
    await withClient(database.ownerUrl, (client) =>
      client.query(
        `alter role current_user set timezone = 'Asia/Tokyo'; alter role current_user set datestyle = 'German'`,
      ),
    )
    try {
      await using session = openSession(database.ownerUrl)
      expect(await rowsOf(session, read(), `select timestamptz '2020-01-01 00:00:00Z', interval '1 day'`)).toEqual([
        ['2020-01-01 00:00:00+00', '1 day'],
      ])
    } finally {
      await withClient(database.ownerUrl, (client) => client.query('alter role current_user reset all'))
    }
  })
})

describe('prepared statements', () => {
  it('are parsed once a connection and bounded in number', async () => {
    await using session = openSession(database.url, { maxConnections: 1, lanes: 0 })
    for (let i = 0; i < 600; i++) await session.execute(write(), { text: `select ${i % 300}`, values: [] })
    const kept = await rowsOf(session, write(), 'select count(*) from pg_prepared_statements')
    expect(Number(kept[0]?.[0])).toBeLessThanOrEqual(257)
    expect(Number(kept[0]?.[0])).toBeGreaterThan(200)
  })

  it('are renewed when DDL changes their result, and when somebody has thrown them away', async () => {
    await using session = openSession(database.ownerUrl, { maxConnections: 2, lanes: 1 })
    for (const op of [read, write]) {
      await session.script(
        write(),
        'drop table if exists shape; create table shape (a int); insert into shape values (1)',
      )
      const all = () => rowsOf(session, op(), 'select * from shape')
      expect(await all()).toEqual([['1']])
      await session.execute(write(), { text: 'alter table shape add b text default $$x$$', values: [] })
      expect(await all()).toEqual([['1', 'x']])
      await session.execute(read(), { text: 'select 1 as deallocate', values: [] })
    }
    await session.transaction(write(), {}, async (tx) => {
      await tx.execute({ text: 'deallocate all', values: [] })
    })
    expect(await rowsOf(session, write(), 'select * from shape')).toEqual([['1', 'x']])
  })

  it('can be done without', async () => {
    await using session = openSession(database.url, { namedStatements: false, maxConnections: 1, lanes: 0 })
    for (let i = 0; i < 3; i++)
      expect(await rowsOf(session, write({ context: { userId: 'u' } }), 'select $1::int', ['1'])).toEqual([['1']])
    expect(await rowsOf(session, write(), 'select count(*) from pg_prepared_statements')).toEqual([['0']])
  })
})

describe('context', () => {
  it('is there for the statement, and gone after it', async () => {
    await using session = openSession(database.url, { maxConnections: 2, lanes: 1 })
    for (const op of [read, write]) {
      const alice = op({ context: { userId: 'alice', tenantId: 't1', claims: { a: 1 } } })
      expect((await rowsOf(session, alice, context))[0]?.slice(0, 3)).toEqual(['alice', 't1', '{"a":1}'])
      expect((await rowsOf(session, op(), context))[0]?.slice(0, 3)).toEqual(['', '', ''])
      expect((await rowsOf(session, op({ context: { userId: "b'ob" } }), context))[0]?.slice(0, 3)).toEqual([
        "b'ob",
        '',
        '',
      ])
    }
  })

  it('that fails keeps its statement from running', async () => {
    await using session = openSession(database.url, { maxConnections: 2, lanes: 1 })
    for (const op of [read, write]) {
      const insert = `insert into log values ('x') returning who`
      const refused = session.execute(op({ context: { userId: 'x', role: 'nobody_here' } }), {
        text: insert,
        values: [],
      })
      expect(await rejection(refused)).toMatchObject({ code: '22023' })
    }
    expect(await rowsOf(session, read(), 'select count(*) from log')).toEqual([['0']])
  })

  it('of a thousand calls in one tick is each its own', async () => {
    await using session = openSession(database.url, { maxConnections: 4, lanes: 2 })
    const seen = await Promise.all(
      Array.from({ length: 1_000 }, async (_, i) => {
        const as = i % 5 === 0 ? undefined : { userId: `u${i}`, tenantId: `t${i}` }
        const op = operation(i % 2 ? 'read' : 'write', { context: as })
        return (await rowsOf(session, op, context))[0]?.slice(0, 2).map((value) => value ?? '')
      }),
    )
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, i) => (i % 5 === 0 ? ['', ''] : [`u${i}`, `t${i}`])))
  })

  it('in a session that always sends one overrides what a statement has left in the connection', async () => {
    await using session = openSession(database.url, { maxConnections: 1, lanes: 0 }, { context: 'always' })
    const stray = `select set_config('app.' || 'user_id', 'stray', not true) -- , true)`
    await session.execute(write(), { text: stray, values: [] })
    expect((await rowsOf(session, write(), context))[0]?.[0]).toBe('')
  })
})

describe('deadlines and aborts', () => {
  it.each(['read', 'write'] as const)('a %s is stopped on the server at its deadline', async (kind) => {
    await using session = openSession(database.url)
    const slow = session.execute(operation(kind, { timeout: 1_000 }), { text: 'select pg_sleep(30)', values: [] })
    expect(await rejection(slow)).toMatchObject({ code: 'SUB_TIMEOUT', details: { outcome: 'failed' } })
    await expectNobodySleeps()
  })

  it('the configured timeout stops what has no deadline', async () => {
    await using session = openSession(database.url, { queryTimeout: 100 })
    const slow = session.execute(write(), { text: 'select pg_sleep(30)', values: [] })
    expect(await rejection(slow)).toMatchObject({ code: 'SUB_TIMEOUT' })
  })

  it('an abort stops the statement on the server, and says that it was not carried out', async () => {
    await using session = openSession(database.url)
    const controller = new AbortController()
    const slow = session.execute(write({ signal: controller.signal }), {
      text: `with slept as materialized (select pg_sleep(30)) insert into log select 'aborted' from slept`,
      values: [],
    })
    await expect.poll(() => sleepers()).toBe(1)
    controller.abort(new Error('enough'))
    const error = await rejection(slow)
    expect(error).toMatchObject({ code: 'SUB_ABORTED', details: { outcome: 'failed' } })
    expect((error.cause as Error).message).toBe('enough')
    await expectNobodySleeps()
  })

  it('an abort that overtakes its statement stops it all the same', async () => {
    await using session = openSession(database.url)
    await session.execute(write(), { text: 'select 1', values: [] })
    const controller = new AbortController()
    const op = write({ signal: controller.signal })
    const slow = rejection(session.execute(op, { text: 'select pg_sleep(30)', values: [] }))
    controller.abort()
    expect(await slow).toMatchObject({ code: 'SUB_ABORTED', details: { outcome: 'failed' } })
    await expectNobodySleeps()
  })

  it('an aborted operation is not begun', async () => {
    await using session = openSession(database.url)
    const op = write({ signal: AbortSignal.abort() })
    expect(await rejection(session.execute(op, { text: 'select 1', values: [] }))).toMatchObject({
      code: 'SUB_ABORTED',
      details: { outcome: 'never sent' },
    })
  })

  it('a read on a lane that is let go harms nobody on that lane', async () => {
    await using session = openSession(database.url, { maxConnections: 2, lanes: 1 })
    const controller = new AbortController()
    const slow = session.execute(read({ signal: controller.signal }), {
      text: 'select count(*) from generate_series(1, 3000000)',
      values: [],
    })
    const others = Array.from({ length: 50 }, (_, i) => rowsOf(session, read(), 'select $1::int', [String(i)]))
    controller.abort()
    expect(await rejection(slow)).toMatchObject({ code: 'SUB_ABORTED' })
    expect(await Promise.all(others)).toEqual(Array.from({ length: 50 }, (_, i) => [[String(i)]]))
  })

  async function sleepers(): Promise<number> {
    return withClient(database.adminUrl, async (client) => {
      const text = `select count(*)::int n from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`
      return (await client.query<{ n: number }>(text)).rows[0]?.n ?? -1
    })
  }

  async function expectNobodySleeps(): Promise<void> {
    await expect.poll(() => sleepers()).toBe(0)
  }
})

describe('events', () => {
  it('tell of each statement without its values', async () => {
    await using session = openSession(database.url)
    const seen: StatementEvent[] = []
    session.events.on('statement', (event) => seen.push(event))
    await session.execute(read({ model: 'User', name: 'findMany', context: { userId: 'secret' } }), {
      text: 'select $1::text',
      values: ['secret'],
    })
    await rejection(session.execute(write(), { text: 'select 1/0', values: [] }))
    expect(seen).toMatchObject([
      {
        model: 'User',
        operation: 'findMany',
        node: 'primary',
        context: ['userId'],
        via: 'lane',
        rows: 1,
        code: undefined,
      },
      { operation: 'test', kind: 'write', via: 'dedicated', rows: undefined, code: '22012' },
    ])
    expect(JSON.stringify(seen)).not.toContain('secret')
    expect(seen.every(({ queue, database: ms }) => queue >= 0 && ms > 0)).toBe(true)
  })
})

describe('a script', () => {
  it('runs several statements, and leaves nothing of its session behind', async () => {
    await using session = openSession(database.ownerUrl, { maxConnections: 1, lanes: 0 })
    await session.script(
      write({ context: { userId: 'scripted' } }),
      `create table scripted (x text); insert into scripted select current_setting('app.user_id'); set app.user_id = 'y'`,
    )
    expect(await rowsOf(session, write(), 'select x, current_setting($$app.user_id$$, true) from scripted')).toEqual([
      ['scripted', null],
    ])
    expect(await rejection(session.script(write(), 'select 1; select 1/0'))).toMatchObject({ code: '22012' })
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })
})

describe('a lent client', () => {
  it('is a whole pg.Client under the context', async () => {
    await using session = openSession(database.url, { maxConnections: 1, lanes: 0 })
    const who = await session.client(write({ context: { userId: 'alice' } }), async (client) => {
      const { rows } = await client.query<{ who: string }>(`select current_setting('app.user_id') who, $1::int n`, [1])
      return rows
    })
    expect(who).toEqual([{ who: 'alice', n: 1 }])
    expect((await rowsOf(session, write(), context))[0]?.[0]).toBeNull()
  })
})
