import { isSubstrataError } from 'substrata'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { type ClientOptions, type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()

/** The calls on which errors of ours must come out as they are: on both paths, alone and in transactions. */
const calls: Readonly<Record<string, (db: Db) => PromiseLike<unknown>>> = {
  'a read': (db) => db.parent.findFirst(),
  'a read that is merged with others': (db) => Promise.all([1, 2].map((id) => db.parent.findUnique({ where: { id } }))),
  'a read through Prisma': (db) => db.parent.findUnique({ where: { id: 1 } }).children(),
  'a write': (db) => db.parent.updateMany({ data: { balance: 1 } }),
  'a nested write': (db) => db.parent.create({ data: { id: 7, name: 'x', code: '', children: { create: { id: 7 } } } }),
  'a raw query': (db) => db.$queryRaw`SELECT 1`,
  'a raw command': (db) => db.$executeRaw`SELECT 1`,
  'a batch': (db) => db.$transaction([db.parent.count(), db.parent.findFirst()]),
  'an interactive transaction': (db) => db.$transaction((tx) => tx.parent.findFirst(), { maxWait: 5_000 }),
  'a retried transaction': (db) =>
    db.$retry((tx) => tx.parent.updateMany({ data: { balance: 1 } }), { maxWait: 5_000 }),
}

/** Calls that take longer than anybody waits. */
const slow: Readonly<Record<string, (db: Db) => PromiseLike<unknown>>> = {
  'a raw query': (db) => db.$queryRaw`SELECT pg_sleep(60)`,
  'a raw command': (db) => db.$executeRaw`SELECT pg_sleep(60)`,
  'a batch': (db) => db.$transaction([db.parent.count(), db.$executeRaw`SELECT pg_sleep(60)`]),
  'a batch of one': (db) => db.$transaction([db.$queryRaw`SELECT pg_sleep(60)`]),
  'an interactive transaction': (db) => db.$transaction((tx) => tx.$queryRaw`SELECT pg_sleep(60)`, { timeout: 60_000 }),
  'a nested transaction': (db) =>
    db.$transaction((tx) => tx.$transaction((inner) => inner.$queryRaw`SELECT pg_sleep(60)`), { timeout: 60_000 }),
  'a write that waits for a lock': (db) => db.parent.updateMany({ data: { balance: 1 } }),
  'a write in a transaction': (db) =>
    db.$transaction((tx) => tx.parent.updateMany({ data: { balance: 1 } }), { timeout: 60_000 }),
}

const paths = ['direct', 'prisma'] as const
const cases = (of: object) => paths.flatMap((path) => Object.keys(of).map((name) => [name, path] as const))

async function errorOf(call: () => PromiseLike<unknown>, code: `SUB_${string}`) {
  try {
    await call()
  } catch (error) {
    if (!isSubstrataError(error, code)) throw error
    expect(error.constructor.name).toBe('SubstrataError')
    return error
  }
  throw new Error('it was not rejected')
}

async function open(options: ClientOptions): Promise<Db> {
  return openClient({ url: database.url, ...options })
}

/** While one holds a lock on every row of `parents`. */
async function withLock(body: () => Promise<void>): Promise<void> {
  await withClient(database.ownerUrl, async (owner) => {
    await owner.query(`INSERT INTO parents (id, name) VALUES (1, 'one') ON CONFLICT DO NOTHING`)
    await owner.query('BEGIN; LOCK TABLE parents IN EXCLUSIVE MODE')
    try {
      await body()
    } finally {
      await owner.query('ROLLBACK')
    }
  })
}

const sleeping = async (admin: { query(text: string): Promise<{ rows: { pid: number }[] }> }) =>
  (
    await admin.query(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND state = 'active' AND (query ~ 'pg_sleep' OR wait_event_type = 'Lock')`)
  ).rows

describe('SUB_POOL_TIMEOUT', () => {
  it.each(cases(calls))('%s (%s)', async (name, queryPath) => {
    await using db = await open({ queryPath, config: { maxConnections: 1, lanes: 0, acquireTimeout: 200 } })
    // Until the connection is open.
    await expect.poll(() => db.$queryRaw`SELECT 1`.then(Boolean, () => false)).toBe(true)
    let release!: () => void
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const holding = db.$transaction(async (tx) => {
      await tx.parent.count()
      await errorOf(() => calls[name]!(db), 'SUB_POOL_TIMEOUT')
      release()
    })
    await Promise.all([holding, released])
  })
})

describe('SUB_CLOSED', () => {
  it.each(cases(calls))('%s (%s)', async (name, queryPath) => {
    const db = await open({ queryPath })
    await db.parent.count()
    await db.$close()
    expect((await errorOf(() => calls[name]!(db), 'SUB_CLOSED')).details).toMatchObject({ outcome: 'never sent' })
  })
})

describe('SUB_TIMEOUT', () => {
  it.each(cases(slow))('%s (%s)', async (name, queryPath) => {
    await using db = await open({ queryPath })
    await withLock(async () => {
      const error = await errorOf(() => slow[name]!(db.$with({ timeout: 100 })), 'SUB_TIMEOUT')
      expect(error.details).toMatchObject({ node: 'primary', where: 'database' })
      // Nothing runs on behind the caller's back.
      await withClient(database.adminUrl, (admin) => expect.poll(() => sleeping(admin)).toEqual([]))
    })
  })
})

describe('SUB_ABORTED', () => {
  it.each(cases(slow))('%s (%s)', async (name, queryPath) => {
    await using db = await open({ queryPath })
    await withLock(async () => {
      await withClient(database.adminUrl, async (admin) => {
        const controller = new AbortController()
        const reason = new Error('the user has left')
        const call = errorOf(() => slow[name]!(db.$with({ signal: controller.signal })), 'SUB_ABORTED')
        await expect.poll(() => sleeping(admin)).toHaveLength(1)
        controller.abort(reason)
        expect((await call).cause).toBe(reason)
        await expect.poll(() => sleeping(admin)).toEqual([])
      })
    })
    await errorOf(() => slow[name]!(db.$with({ signal: AbortSignal.abort() })), 'SUB_ABORTED')
  })
})

describe('SUB_CONNECTION_LOST', () => {
  it.each(cases(slow))('%s (%s)', async (name, queryPath) => {
    await using db = await open({ queryPath })
    await withLock(async () => {
      await withClient(database.adminUrl, async (admin) => {
        const call = outcome(slow[name]!(db))
        await expect.poll(() => sleeping(admin)).toHaveLength(1)
        await admin.query('SELECT pg_terminate_backend($1)', [(await sleeping(admin))[0]!.pid])
        // The server says goodbye to a running statement in words of its own.
        const error = await call
        if (!isSubstrataError(error, 'SUB_CONNECTION_LOST'))
          expect(error).toMatchObject({ code: expect.stringMatching(/^P20(10|39)$/) })
      })
    })
    expect(await db.$queryRaw`SELECT 1 AS x`).toEqual([{ x: 1 }])
  })
})

async function outcome(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    return error
  }
}
