import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isSubstrataError } from 'substrata'
import { type BackendMessage, type FaultPoint, type FrontendMessage, startProxy } from 'substrata/testing'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { rounds } from '../rounds.ts'
import { createRandom } from './random.ts'
import { type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()

type Outcome = 'done' | 'failed' | 'unknown'

/** What the client says became of a write. */
async function outcomeOf(write: PromiseLike<unknown>): Promise<Outcome> {
  try {
    await write
    return 'done'
  } catch (error) {
    if (isSubstrataError(error)) {
      if (!('outcome' in error.details)) return 'unknown'
      return error.details.outcome === 'unknown' ? 'unknown' : 'failed'
    }
    const { code, meta } = error as {
      code?: string
      meta?: { driverAdapterError?: { cause?: { originalCode?: string } } }
    }
    const state = meta?.driverAdapterError?.cause?.originalCode
    // The server's farewell, in the middle of the statement; a transaction that is no more.
    if ((code === 'P2010' || code === 'P2039') && state === '57P01') return 'failed'
    if (code === 'P2028') return 'failed'
    throw error
  }
}

/** Ways to write the row of an id. */
const writes: Readonly<Record<string, (db: Db, id: number) => PromiseLike<unknown>>> = {
  create: (db, id) => db.parent.create({ data: { id, name: `${id}`, code: '' } }),
  createMany: (db, id) => db.parent.createMany({ data: [{ id, name: `${id}`, code: '' }] }),
  $executeRaw: (db, id) => db.$executeRaw`INSERT INTO parents (id, name) VALUES (${id}, ${`${id}`})`,
  'a batch': (db, id) =>
    db.$transaction([db.parent.count(), db.parent.create({ data: { id, name: `${id}`, code: '' } })]),
  'a transaction': (db, id) =>
    db.$transaction(async (tx) => {
      await tx.parent.create({ data: { id, name: `${id}`, code: '' } })
      await tx.parent.findUnique({ where: { id } })
    }),
  'a write in a context': (db, id) =>
    db.$as({ userId: 'ann' }).parent.create({ data: { id, name: `${id}`, code: '' } }),
}

async function idsThere(): Promise<Set<number>> {
  return withClient(database.ownerUrl, async (owner) => {
    const { rows } = await owner.query<{ id: number }>('SELECT id FROM parents')
    return new Set(rows.map(({ id }) => id))
  })
}

const clear = () => withClient(database.ownerUrl, (owner) => owner.query('TRUNCATE parents CASCADE'))

/** What was said is what is so. */
async function expectTrue(said: ReadonlyMap<number, Outcome>): Promise<void> {
  const there = await idsThere()
  const lies = [...said].filter(([id, outcome]) => outcome !== 'unknown' && there.has(id) !== (outcome === 'done'))
  expect(lies).toEqual([])
}

it('says the truth of every write while backends are ended under it', { timeout: 300_000 }, async () => {
  await clear()
  await using db = await openClient({ url: database.url, config: { maxConnections: 6 } })
  const random = createRandom()
  const said = new Map<number, Outcome>()
  let ended = 0
  let lastId = 0
  const enough = rounds(20, 200)
  const isStormy = () => ended < enough
  await withClient(database.adminUrl, async (admin) => {
    const callers = Array.from({ length: 12 }, async () => {
      while (isStormy()) {
        const id = ++lastId
        said.set(id, await outcomeOf(writes[random.pick(Object.keys(writes))]!(db, id)))
      }
    })
    while (isStormy()) {
      const { rows } = await admin.query<{ n: number }>(
        `SELECT count(pg_terminate_backend(pid))::int AS n FROM (SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND usename <> current_user AND state <> 'idle' ORDER BY random() LIMIT 1) AS one`,
      )
      ended += rows[0]?.n ?? 0
    }
    await Promise.all(callers)
  })
  await expectTrue(said)
  const counted = (outcome: Outcome) => [...said.values()].filter((each) => each === outcome).length
  expect(counted('done')).toBeGreaterThan(enough)
  expect(counted('failed') + counted('unknown')).toBeGreaterThan(0)
  expect(await db.parent.count()).toBeGreaterThan(0)
})

describe('faults of the network at each step of the protocol', () => {
  const toServer: readonly FrontendMessage[] = ['Parse', 'Bind', 'Execute', 'Sync']
  const toClient: readonly BackendMessage[] = ['ParseComplete', 'BindComplete', 'CommandComplete', 'ReadyForQuery']
  const points: FaultPoint[] = [
    ...toServer.flatMap((message) =>
      (['before', 'after'] as const).map((when) => ({ direction: 'toServer' as const, message, when })),
    ),
    ...toClient.flatMap((message) =>
      (['before', 'after'] as const).map((when) => ({ direction: 'toClient' as const, message, when })),
    ),
  ]
  it.each(Object.keys(writes))('%s', async (name) => {
    await clear()
    const { hostname, port } = new URL(database.url)
    await using proxy = await startProxy({ host: hostname, port: Number(port) })
    await using db = await openClient({ url: proxy.urlThrough(database.url), config: { maxConnections: 1, lanes: 0 } })
    const said = new Map<number, Outcome>()
    let id = 0
    const write = async () => {
      said.set(++id, await outcomeOf(writes[name]!(db, id)))
      return said.get(id)
    }
    for (const how of ['cut', 'reset'] as const) {
      for (const point of points) {
        // The connection and its prepared statements are there.
        await expect.poll(write).toBe('done')
        const fault = proxy[how](point)
        const outcome = await write()
        // A statement that is prepared already is not parsed again: then nothing has happened.
        if (outcome === 'done') fault.lift()
        await fault.happened.catch(() => {})
      }
    }
    await expect.poll(write).toBe('done')
    await expectTrue(said)
    expect([...said.values()].filter((outcome) => outcome !== 'done').length).toBeGreaterThan(points.length / 2)
  })

  it('reads survive: what was only read is read again', async () => {
    const { hostname, port } = new URL(database.url)
    await using proxy = await startProxy({ host: hostname, port: Number(port) })
    await using db = await openClient({ url: proxy.urlThrough(database.url) })
    for (const point of points) {
      expect(await db.parent.findMany({ take: 1 })).toBeInstanceOf(Array)
      const fault = proxy.reset(point)
      expect(await db.parent.findMany({ take: 1 })).toBeInstanceOf(Array)
      fault.lift()
    }
  })
})

it('keeps neither memory nor connections, however many operations', { timeout: 1_800_000 }, async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  await clear()
  const config = { maxConnections: 4, acquireTimeout: 300_000 }
  await using db = await openClient({ url: database.url, config })
  const patient = { maxWait: 300_000, timeout: 300_000 }
  const random = createRandom()
  let left = 0
  const work: readonly (() => Promise<unknown>)[] = [
    () => db.parent.findFirst({ where: { id: random.below(1_000_000) } }),
    () =>
      db
        .$as({ userId: `user ${random.below(1_000_000)}` })
        .parent.findFirst({ where: { id: random.below(1_000_000) } }),
    () => db.parent.findUnique({ where: { id: random.below(1_000_000) } }),
    () => db.parent.findUniqueOrThrow({ where: { id: -1 } }).catch(() => {}),
    () => db.$queryRawUnsafe(`SELECT ${random.below(1_000_000)} AS n`),
    () => db.parent.updateMany({ where: { id: random.below(1_000_000) }, data: { balance: 1 } }),
    () => db.$transaction((tx) => tx.parent.findFirst(), patient),
    () => db.$transaction(() => Promise.reject(new Error('given up')), patient).catch(() => {}),
    () => db.$with({ timeout: 300_000, signal: new AbortController().signal }).parent.count(),
  ]
  const run = async (operations: number) => {
    left = operations
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (left-- > 0) await random.pick(work)()
      }),
    )
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  // Until all caches are as full as they get.
  const before = await run(rounds(6_000, 50_000))
  const after = await run(rounds(12_000, 1_000_000))
  expect(after - before).toBeLessThan(4 * 1024 * 1024)
  const { rows } = await withClient(database.adminUrl, (admin) =>
    admin.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    ),
  )
  expect(rows[0].n).toBeLessThanOrEqual(4)
})
