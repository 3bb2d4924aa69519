import { describe, expect, it } from 'vitest'
import { openSession, read, rejection, rowsOf, write } from '../../test/session.ts'
import { startProxy } from '../testing/index.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import type { Session } from './session.ts'

const database = useTestDatabase({ setup: 'create table done (id int primary key); grant all on done to public' })

const sql = (text: string) => ({ text, values: [] })
const mark = (id: number) => ({ text: 'insert into done values ($1::int) returning id', values: [String(id)] })
const alice = { context: { userId: 'alice' } }

async function isDone(id: number): Promise<boolean> {
  await using session = openSession(database.url, { maxConnections: 1, lanes: 0 })
  return (await rowsOf(session, write(), 'select 1 from done where id = $1::int', [String(id)])).length > 0
}

async function throughProxy(input: Parameters<typeof openSession>[1] = {}) {
  const { hostname, port } = new URL(database.url)
  const proxy = await startProxy({ host: hostname, port: Number(port) })
  const session = openSession(proxy.urlThrough(database.url), { maxConnections: 1, lanes: 0, ...input })
  return {
    proxy,
    session: session as Session,
    async [Symbol.asyncDispose]() {
      await session.close({ deadline: 100 })
      await proxy.close()
    },
  }
}

const toServer = ['Parse', 'Bind', 'Execute', 'Sync'] as const
const toClient = ['ParseComplete', 'BindComplete', 'DataRow', 'CommandComplete', 'ReadyForQuery'] as const
let lastId = 0

describe('a connection that breaks while a write is under way', () => {
  const points = [
    ...toServer.flatMap((message) => [1, 2].map((nth) => ({ direction: 'toServer', message, nth }) as const)),
    ...toClient.flatMap((message) => [1, 2].map((nth) => ({ direction: 'toClient', message, nth }) as const)),
  ].filter(({ message, nth }) => nth === 1 || (message !== 'Sync' && message !== 'ReadyForQuery'))
  const cases = points.flatMap((point) =>
    (['cut', 'reset'] as const).flatMap((how) =>
      (['before', 'after'] as const).map((when) => ({ ...point, how, when })),
    ),
  )

  it.each(cases)('$how $when $message $nth $direction: is told truly', async ({ how, ...point }) => {
    await using through = await throughProxy()
    const { proxy, session } = through
    await session.execute(write(), sql('select 1'))
    const id = ++lastId
    const fault = proxy[how](point)
    const answer = await session.execute(write(alice), mark(id)).catch((error: unknown) => error)
    await fault.happened
    if (point.message === 'ReadyForQuery' && point.when === 'after') {
      expect(answer).toMatchObject({ count: 1 })
      expect(await isDone(id)).toBe(true)
      return
    }
    expect(answer).toMatchObject({ code: 'SUB_CONNECTION_LOST', details: { outcome: 'unknown' } })
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })

  it('was done where only the answer was lost', async () => {
    await using through = await throughProxy()
    const { proxy, session } = through
    await session.execute(write(), sql('select 1'))
    const id = ++lastId
    proxy.cut({ direction: 'toClient', message: 'ReadyForQuery' })
    expect(await rejection(session.execute(write(alice), mark(id)))).toMatchObject({ details: { outcome: 'unknown' } })
    expect(await isDone(id)).toBe(true)
  })
})

describe('a connection that breaks while reads are under way', () => {
  it.each([
    { direction: 'toServer', message: 'Bind', nth: 5 },
    { direction: 'toServer', message: 'Sync', nth: 3 },
    { direction: 'toClient', message: 'DataRow', nth: 4 },
    { direction: 'toClient', message: 'ReadyForQuery', nth: 2 },
  ] as const)('at $message: they are tried again, and answered', async (point) => {
    await using through = await throughProxy({ maxConnections: 2, lanes: 1 })
    const { proxy, session } = through
    await session.execute(read(), sql('select 1'))
    const fault = proxy.reset(point)
    const answers = Array.from({ length: 20 }, (_, i) => rowsOf(session, read(alice), 'select $1::int', [String(i)]))
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, (_, i) => [[String(i)]]))
    await fault.happened
  })
})

describe('a read that is broken twice', () => {
  it('is tried again once and no more', async () => {
    await using through = await throughProxy({ maxConnections: 2, lanes: 1, minConnections: 0 })
    const { proxy, session } = through
    await session.execute(read(), sql('select 1'))
    const first = proxy.reset({ direction: 'toClient', message: 'DataRow' })
    const answer = rejection(session.execute(read(), sql('select 2')))
    await first.happened
    // The first row on the new connection is its own question.
    const second = proxy.reset({ direction: 'toClient', message: 'DataRow', nth: 2 })
    expect(await answer).toMatchObject({ code: 'SUB_CONNECTION_LOST', details: { outcome: 'unknown' } })
    await second.happened
    expect(await rowsOf(session, read(), 'select 3')).toEqual([['3']])
  })
})

describe('a transaction whose connection breaks', () => {
  it.each([
    { when: 'before', done: false },
    { when: 'after', done: true },
  ] as const)('$when its COMMIT arrives is told that nobody knows', async ({ when, done }) => {
    await using through = await throughProxy()
    const { proxy, session } = through
    const id = ++lastId
    const committing = session.transaction(write(), {}, async (tx) => {
      await tx.execute(mark(id))
      const message = when === 'before' ? 'Parse' : 'Sync'
      proxy.cut({ direction: 'toServer', message, when })
    })
    expect(await rejection(committing)).toMatchObject({ code: 'SUB_CONNECTION_LOST', details: { outcome: 'unknown' } })
    await expect.poll(() => isDone(id)).toBe(done)
  })

  it('before that was certainly rolled back', async () => {
    await using through = await throughProxy()
    const { proxy, session } = through
    const id = ++lastId
    const breaking = session.transaction(write(), {}, async (tx) => {
      await tx.execute(mark(id))
      proxy.reset({ direction: 'toServer', message: 'Sync', when: 'after' })
      await tx.execute(sql('select 1'))
    })
    expect(await rejection(breaking)).toMatchObject({ code: 'SUB_CONNECTION_LOST', details: { outcome: 'failed' } })
    expect(await isDone(id)).toBe(false)
    expect(session.stats().pool.busy).toBe(0)
  })
})

describe('a network that lets nothing through', () => {
  it.each(['read', 'write'] as const)('keeps no %s beyond its deadline', async (kind) => {
    await using through = await throughProxy({ maxConnections: 2, lanes: 1 })
    const { proxy, session } = through
    const op = kind === 'read' ? read : write
    await session.execute(op(), sql('select 1'))
    const stall = proxy.stall()
    const error = await rejection(session.execute(op({ timeout: 50 }), sql('select 1')))
    expect(error).toMatchObject({ code: 'SUB_TIMEOUT', details: { outcome: 'unknown' } })
    stall.lift()
    await expect
      .poll(() => rowsOf(session, write(), 'select 1').catch(() => 'not yet'), { timeout: 10_000 })
      .toEqual([['1']])
  })

  it('lets nobody wait for a connection for ever', async () => {
    await using through = await throughProxy({ minConnections: 0, connectTimeout: 400 })
    const { proxy, session } = through
    const stall = proxy.stall()
    expect(await rejection(session.execute(write(), sql('select 1')))).toMatchObject({ code: 'SUB_CONNECT_FAILED' })
    stall.lift()
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })

  it('and begins with the first statement is an error too', async () => {
    await using through = await throughProxy({ minConnections: 0, connectTimeout: 400 })
    const { proxy, session } = through
    proxy.stall({ direction: 'toServer', message: 'Parse' })
    expect(await rejection(session.execute(write(), sql('select 1')))).toMatchObject({ code: 'SUB_CONNECT_FAILED' })
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })

  it('does not keep close() waiting', async () => {
    await using through = await throughProxy()
    const { proxy, session } = through
    const slow = rejection(session.execute(write(), sql('select pg_sleep(2)')))
    await expect.poll(() => proxy.count('toServer', 'Execute')).toBeGreaterThan(1)
    proxy.stall()
    await session.close({ deadline: 50 })
    expect(await slow).toMatchObject({ code: 'SUB_CLOSED', details: { outcome: 'unknown' } })
  })
})

describe('opening that is broken off', () => {
  it.each([
    { direction: 'toServer', message: 'StartupMessage' },
    { direction: 'toClient', message: 'Authentication' },
    { direction: 'toServer', message: 'Password' },
    { direction: 'toClient', message: 'BackendKeyData' },
    { direction: 'toClient', message: 'ReadyForQuery' },
    { direction: 'toServer', message: 'Bind' },
    { direction: 'toClient', message: 'DataRow' },
  ] as const)('at $message is an error, and the next one succeeds', async (point) => {
    await using through = await throughProxy({ minConnections: 0 })
    const { proxy, session } = through
    const fault = proxy.reset(point)
    expect(await rejection(session.execute(write(), sql('select 1')))).toMatchObject({
      code: 'SUB_CONNECT_FAILED',
      details: { outcome: 'never sent' },
    })
    await fault.happened
    expect(await rowsOf(session, write(), 'select 1')).toEqual([['1']])
  })
})

describe('round trips', () => {
  it('one for a statement with its context, one more than its statements for a transaction', async () => {
    await using through = await throughProxy({ maxConnections: 2, lanes: 1, minConnections: 0 })
    const { proxy, session } = through
    for (const op of [read, write]) {
      await session.execute(op(), sql('select 1'))
      const before = proxy.roundTrips
      await session.execute(op(alice), sql('select 2'))
      expect(proxy.roundTrips - before).toBe(1)
    }
    const before = proxy.roundTrips
    await session.transaction(write(alice), {}, async (tx) => {
      await tx.execute(sql('select 1'))
      await tx.execute(sql('select 2'))
    })
    expect(proxy.roundTrips - before).toBe(3)
  })
})
