import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
let db: Db

beforeAll(async () => {
  db = await openPeople(database.url)
})
afterAll(() => db.$close())

/** Every row's place, writer and locker: a write or a lock changes one of them. */
async function places(): Promise<string[]> {
  return withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ at: string }>(
      `SELECT ctid || ' ' || xmin || ' ' || xmax AS at FROM people ORDER BY ctid`,
    )
    return rows.map(({ at }) => at)
  })
}

it.each(['values', 'unnest', 'copy'] as const)(
  'rows that would not change are neither written nor locked, by %s',
  async (strategy) => {
    await db.person.deleteMany()
    const data = Array.from({ length: 50 }, (_, i) => ({
      ...{ email: `p${i}`, name: `n${i}`, score: i, tags: ['a'], extra: { i }, balance: '1.50', code: null },
    }))
    await db.person.upsertMany({ data, conflict: ['email'] })
    const before = await places()
    expect(await db.person.upsertMany({ data, conflict: ['email'], strategy })).toEqual({ count: 0, unchanged: 50 })
    const told = await db.person.upsertMany({ data, conflict: ['email'], outcome: 'rows', returning: true, strategy })
    expect(told.count).toBe(0)
    expect(await db.person.updateEach({ data, by: ['email'], strategy })).toEqual({ count: 0 })
    expect(await db.person.importFrom(data, { conflict: ['email'], strategy })).toMatchObject({ count: 0 })
    expect(await places()).toEqual(before)
  },
)

it('a table is not read whole to find the rows that are there', async () => {
  await db.person.deleteMany()
  const person = (i: number) => ({ email: `p${String(i).padStart(5, '0')}`, name: `n${i}` })
  const data = Array.from({ length: 4_000 }, (_, i) => person(i))
  await db.person.createMany({ data })
  await withClient(database.adminUrl, (admin) => admin.query('VACUUM ANALYZE people'))
  const before = await scansOf('people')
  const changed = data.map((row) => ({ ...row, name: `${row.name} changed` }))
  await using client = await openPeople(database.url)
  await client.person.upsertMany({ data: changed, conflict: ['email'] })
  await client.person.upsertMany({ data, conflict: ['email'], outcome: 'rows', returning: ['id'] })
  await client.person.importFrom(changed, { conflict: ['email'] })
  await client.$close()
  // A session tells of its scans when it ends at the latest.
  await expect.poll(async () => (await scansOf('people')).index - before.index).toBeGreaterThanOrEqual(3 * data.length)
  expect((await scansOf('people')).whole).toBe(before.whole)
})

async function scansOf(table: string): Promise<{ index: number; whole: number }> {
  return withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ index: number; whole: number }>(
      'SELECT idx_scan::int AS index, seq_scan::int AS whole FROM pg_stat_user_tables WHERE relname = $1',
      [table],
    )
    return rows[0]!
  })
}

it('leaves nothing behind on its connections', async () => {
  await using small = await openPeople(database.url, { maxConnections: 2, lanes: 1 })
  const [before] = await small.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid FOR UPDATE`
  await small.person.importFrom([{ email: 'left@x' }], { conflict: ['email'], strategy: 'copy' })
  const [after] = await small.$queryRaw<{ pid: number; tables: number }[]>`
    SELECT pg_backend_pid() AS pid, (SELECT count(*)::int FROM pg_class WHERE relpersistence = 't') AS tables FOR UPDATE`
  expect(after).toEqual({ ...before, tables: 0 })
})
