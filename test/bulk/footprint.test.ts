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

it('leaves nothing behind on its connections', async () => {
  await using small = await openPeople(database.url, { maxConnections: 2, lanes: 1 })
  const [before] = await small.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid FOR UPDATE`
  await small.person.importFrom([{ email: 'left@x' }], { conflict: ['email'], strategy: 'copy' })
  const [after] = await small.$queryRaw<{ pid: number; tables: number }[]>`
    SELECT pg_backend_pid() AS pid, (SELECT count(*)::int FROM pg_class WHERE relpersistence = 't') AS tables FOR UPDATE`
  expect(after).toEqual({ ...before, tables: 0 })
})
