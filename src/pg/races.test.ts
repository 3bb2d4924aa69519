import { expect, it } from 'vitest'
import { rounds, seed } from '../../test/rounds.ts'
import { openSession, operation } from '../../test/session.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import type { Session } from './session.ts'
import { withClient } from './with-client.ts'

const database = useTestDatabase({
  setup: `
    create table log (id int, expected text, seen text);
    grant select, insert on log to public;
  `,
})

type Fate = 'read' | 'written' | 'not done' | 'unknown'
type Random = () => number

/** A generator with a seed, so that a failure can be seen again. */
function random(seed: number): Random {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

const insert = `insert into log values ($1::int, $2, coalesce(current_setting('app.user_id', true), '')) returning seen`
const slowInsert = `with slept as materialized (select pg_sleep(0.003)) insert into log select $1::int, $2,
  coalesce(current_setting('app.user_id', true), '') from slept returning seen`
const select = `select coalesce(current_setting('app.user_id', true), ''), $1::int`

/** One call, of a kind and with a mishap drawn by lot. Throws where it sees another's context. */
async function call(session: Session, draw: Random, id: number): Promise<Fate> {
  const who = draw() < 0.3 ? '' : `u${Math.floor(draw() * 20)}`
  const reading = draw() < 0.5
  const mishap = draw()
  const controller = new AbortController()
  if (mishap < 0.15) setTimeout(() => controller.abort(), draw() * 6)
  const op = operation(reading ? 'read' : 'write', {
    context: who === '' ? undefined : { userId: who },
    ...(mishap < 0.15 && { signal: controller.signal }),
    ...(mishap >= 0.15 && mishap < 0.25 && { timeout: 1 + draw() * 8 }),
  })
  try {
    if (mishap > 0.9)
      await session.execute(op, { text: `${reading ? 'select' : 'insert into log select'} 1/0`, values: [] })
    else if (reading) check(await session.execute(op, { text: select, values: [String(id)] }), who, id)
    else if (draw() < 0.3) return await inTransaction(session, draw, id, who, op)
    else check(await session.execute(op, { text: draw() < 0.3 ? slowInsert : insert, values: [String(id), who] }), who)
    return reading ? 'read' : 'written'
  } catch (error) {
    if (error instanceof Stray) throw error
    return fateOf(error)
  }
}

async function inTransaction(
  session: Session,
  draw: Random,
  id: number,
  who: string,
  op: ReturnType<typeof operation>,
) {
  const last = draw()
  await session.transaction(op, {}, async (tx) => {
    check(await tx.execute({ text: insert, values: [String(id), who] }), who)
    await tx
      .nested(async (inner) => {
        check(await inner.execute({ text: insert, values: [String(-id), who] }), who)
        await inner.execute({ text: 'select 1/0', values: [] })
      })
      .catch(() => {})
    check(await tx.execute({ text: select, values: [String(id)] }), who, id)
    if (last < 0.3) throw new Error('rolled back')
  })
  return 'written' as const
}

class Stray extends Error {}

function check({ rows }: { rows: (string | null)[][] }, who: string, id?: number): void {
  const [row] = rows
  if (rows.length !== 1 || row?.[0] !== who || (id !== undefined && row[1] !== String(id)))
    throw new Stray(`${who} was answered ${JSON.stringify(rows)}`)
}

function fateOf(error: unknown): Fate {
  if (!(error instanceof Error)) throw error
  const { outcome } = ('details' in error ? error.details : {}) as { outcome?: string }
  return outcome === 'unknown' ? 'unknown' : 'not done'
}

/** Ends and cancels backends of the application until told to stop. */
async function harass(draw: Random, isOver: () => boolean): Promise<number> {
  return withClient(database.adminUrl, async (client) => {
    let ended = 0
    for (let i = 0; !isOver(); i++) {
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      )
      const victim = rows[Math.floor(draw() * rows.length)]
      if (victim === undefined) continue
      const ending = i % 25 === 0
      await client.query(`select ${ending ? 'pg_terminate_backend' : 'pg_cancel_backend'}($1)`, [victim.pid])
      if (ending) ended++
    }
    return ended
  })
}

it('no call ever runs as another, and each is told truly what became of it', { timeout: 600_000 }, async () => {
  const total = rounds(10_000, 100_000)
  const draw = random(seed)
  const fates = new Map<number, Fate>()
  let over = false
  {
    await using session = openSession(database.url, { maxConnections: 8, lanes: 2, acquireTimeout: 20_000 })
    const harassing = harass(random(seed + 1), () => over)
    let id = 0
    const callers = Array.from({ length: 48 }, async () => {
      while (id < total) {
        const mine = ++id
        fates.set(mine, await call(session, draw, mine))
      }
    })
    await Promise.all(callers).finally(() => {
      over = true
    })
    expect(await harassing, `seed ${seed}`).toBeGreaterThan(0)
    const { pool, lanes } = session.stats()
    expect({ busy: pool.busy, waiting: pool.waiting, inFlight: lanes.inFlight }).toEqual({
      busy: 0,
      waiting: 0,
      inFlight: 0,
    })
  }
  const { rows } = await withClient(database.adminUrl, (client) =>
    client.query<{ id: number; expected: string; seen: string; times: number }>(
      'select id, expected, seen, count(*)::int times from log group by 1, 2, 3',
    ),
  )
  expect(
    rows.filter(({ expected, seen }) => expected !== seen),
    `seed ${seed}`,
  ).toEqual([])
  const lies = rows.filter(({ id, times }) => times !== 1 || id < 0 || fates.get(id) === 'not done')
  expect(lies, `seed ${seed}`).toEqual([])
  const there = new Set(rows.map(({ id }) => id))
  const missing = [...fates].filter(([id, fate]) => fate === 'written' && !there.has(id))
  expect(missing, `seed ${seed}`).toEqual([])
  const counts = { read: 0, written: 0, 'not done': 0, unknown: 0 }
  for (const fate of fates.values()) counts[fate]++
  expect(Math.min(counts.read, counts.written, counts['not done']), JSON.stringify(counts)).toBeGreaterThan(total / 20)
})
