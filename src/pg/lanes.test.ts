import { describe, expect, it } from 'vitest'
import { openSession, read, rejection, rowsOf, write } from '../../test/session.ts'
import type { ConfigInput } from '../core/config.ts'
import type { StatementEvent } from '../core/events.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import { withClient } from './with-client.ts'

const database = useTestDatabase({
  setup: `
    create table items (id int primary key);
    insert into items select generate_series(1, 1000);
    create function slowly(seconds float) returns int language plpgsql stable as
      $$ begin perform pg_sleep(seconds); return 1; end $$;
    grant select on items to public;
  `,
})

const lookUp = (id: number) => ({ text: 'select id from items where id = $1::int', values: [String(id)] })
const slowly = (seconds: number) => ({ text: 'select slowly($1)', values: [String(seconds)] })

/** Which way each statement of a session went, in order. */
function ways(session: ReturnType<typeof openSession>): StatementEvent[] {
  const seen: StatementEvent[] = []
  session.events.on('statement', (event) => seen.push(event))
  return seen
}

async function sleepers(): Promise<number> {
  return withClient(database.adminUrl, async (client) => {
    const text = `select count(*)::int n from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`
    return (await client.query<{ n: number }>(text)).rows[0]?.n ?? -1
  })
}

/** A session with a lane open, and a look-up known to be fast: on a busy machine the first runs may not have been. */
async function onLanes(limits: ConfigInput): Promise<ReturnType<typeof openSession>> {
  const session = openSession(database.url, limits)
  const seen = ways(session)
  await expect
    .poll(async () => {
      await session.execute(read(), lookUp(1))
      const { via, database: milliseconds } = seen.at(-1)!
      return via === 'lane' && milliseconds < 5
    })
    .toBe(true)
  return session
}

describe('lanes', () => {
  it('carry reads and nothing else', async () => {
    await using session = openSession(database.url, { maxConnections: 4, lanes: 1 })
    const seen = ways(session)
    await session.execute(read(), lookUp(1))
    await session.execute(write(), lookUp(1))
    await session.execute({ ...read(), kind: 'unknown' }, lookUp(1))
    for (const text of [
      'select id from items where id = 1 for update',
      'with x as (select 1) select * from x for share',
      `select pg_advisory_xact_lock(1)`,
      `select set_config('app.x', 'y', false)`,
      'explain select 1',
      'show timezone',
    ])
      await session.execute(read(), { text, values: [] }).catch(() => {})
    expect(seen.map(({ via }) => via)).toEqual(['lane', ...Array.from({ length: 8 }, () => 'dedicated')])
  })

  it('move a statement away once it was seen to be slow, and take it back when it is not', async () => {
    await using session = openSession(database.url, { maxConnections: 4, lanes: 1 })
    const seen = ways(session)
    await session.execute(read(), slowly(0.1))
    await session.execute(read(), slowly(0))
    expect(seen.map(({ via }) => via)).toEqual(['lane', 'dedicated'])
    await expect
      .poll(
        async () => {
          await session.execute(read(), slowly(0))
          return seen.at(-1)?.via
        },
        { interval: 1, timeout: 10_000 },
      )
      .toBe('lane')
  })

  it.each([1, 2])('do not let anybody wait behind a slow statement that nobody knew (%i lanes)', async (lanes) => {
    await using session = await onLanes({ maxConnections: lanes + 2, lanes })
    const order: string[] = []
    const slow = session.execute(read(), slowly(2)).then(() => order.push('slow'))
    const fast = Array.from({ length: 40 }, (_, i) =>
      rowsOf(session, read({ context: { userId: 'u' } }), lookUp(i).text, [`${i + 1}`]),
    )
    expect(await Promise.all(fast)).toEqual(Array.from({ length: 40 }, (_, i) => [[String(i + 1)]]))
    order.push('fast')
    expect(await rowsOf(session, read(), 'select 7')).toEqual([['7']])
    await slow
    expect(order).toEqual(['fast', 'slow'])
  })

  it('hold no more than their depth, and let the others wait in order', async () => {
    await using session = await onLanes({ maxConnections: 2, lanes: 1, laneDepth: 4 })
    const all = Array.from({ length: 200 }, (_, i) => rowsOf(session, read(), lookUp(1).text, [String(i + 1)]))
    expect(session.stats().lanes).toMatchObject({ inFlight: 4, waiting: 196 })
    expect(await Promise.all(all)).toEqual(Array.from({ length: 200 }, (_, i) => [[String(i + 1)]]))
    expect(session.stats().lanes).toMatchObject({ inFlight: 0, waiting: 0 })
  })

  it('shed who waits beyond the deadline, and say what they waited for', async () => {
    await using session = openSession(database.url, { maxConnections: 2, lanes: 1, laneDepth: 1, acquireTimeout: 100 })
    await expect
      .poll(() =>
        session.execute(read(), lookUp(1)).then(
          () => 'there',
          () => 'not yet',
        ),
      )
      .toBe('there')
    const all = await Promise.allSettled(Array.from({ length: 100 }, () => session.execute(read(), slowly(0.004))))
    const errors = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []))
    expect(errors.length).toBeGreaterThan(0)
    for (const error of errors) expect(error).toMatchObject({ code: 'SUB_POOL_TIMEOUT' })
    for (const { message } of errors) expect(message).toMatch(/Held by test|None is held/)
  })

  it('that stand still let those who wait for a place use a connection', async () => {
    await using session = await onLanes({ maxConnections: 2, lanes: 1, laneDepth: 1 })
    const slow = session.execute(read(), slowly(1))
    const order: string[] = []
    await Promise.all([
      slow.then(() => order.push('slow')),
      ...Array.from({ length: 5 }, () => session.execute(read(), lookUp(1)).then(() => order.push('fast'))),
    ])
    expect(order).toEqual(['fast', 'fast', 'fast', 'fast', 'fast', 'slow'])
  })

  it('a cancel from outside fails one statement only', async () => {
    await using session = openSession(database.url, { maxConnections: 3, lanes: 1 })
    const pid = (await rowsOf(session, read(), 'select pg_backend_pid()'))[0]?.[0]
    const hit = rejection(session.execute(read(), slowly(5)))
    const others = Array.from({ length: 10 }, (_, i) => rowsOf(session, read(), 'select $1::int', [String(i)]))
    await expect
      .poll(() =>
        withClient(
          database.adminUrl,
          async (client) =>
            (await client.query(`select wait_event from pg_stat_activity where pid = $1`, [pid])).rows[0],
        ),
      )
      .toEqual({ wait_event: 'PgSleep' })
    await withClient(database.adminUrl, (client) => client.query('select pg_cancel_backend($1)', [pid]))
    expect(await hit).toMatchObject({ code: '57014' })
    expect(await Promise.all(others)).toEqual(Array.from({ length: 10 }, (_, i) => [[String(i)]]))
  })

  it('a slow read that its caller has left is stopped on the server, and nobody else notices', async () => {
    await using session = await onLanes({ maxConnections: 3, lanes: 1 })
    const controller = new AbortController()
    const left = rejection(session.execute(read({ signal: controller.signal }), slowly(60)))
    const behind = Array.from({ length: 20 }, (_, i) => rowsOf(session, read(), lookUp(1).text, [`${i + 1}`]))
    await expect.poll(() => sleepers()).toBe(1)
    controller.abort()
    expect(await left).toMatchObject({ code: 'SUB_ABORTED' })
    await expect.poll(() => sleepers(), { timeout: 10_000 }).toBe(0)
    expect(await Promise.all(behind)).toEqual(Array.from({ length: 20 }, (_, i) => [[String(i + 1)]]))
    expect(await rowsOf(session, read(), 'select 7')).toEqual([['7']])
    expect(session.stats().lanes).toMatchObject({ inFlight: 0, waiting: 0 })
  })

  it('more are opened only as the load keeps them busy', async () => {
    await using session = openSession(database.url, { maxConnections: 8, lanes: 4 })
    for (let i = 0; i < 50; i++) await session.execute(read(), lookUp(1))
    expect(session.stats().lanes.open).toBe(1)
    await expect
      .poll(async () => {
        await Promise.all(Array.from({ length: 200 }, () => session.execute(read(), lookUp(1))))
        return session.stats().lanes.open
      })
      .toBeGreaterThan(1)
  })
})
