import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { rounds } from '../rounds.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
let db: Db

beforeAll(async () => {
  db = await openPeople(database.url)
})
afterAll(() => db.$close())
beforeEach(async () => {
  await db.person.deleteMany()
  await db.place.deleteMany()
  await db.person.createMany({ data: [0, 1, 2, 3].map((i) => ({ email: `p${i}`, name: 'old', tags: [`t${i}`] })) })
})

const strategies = ['values', 'unnest', 'copy'] as const

it.each(strategies)(
  'updateEach by %s sets other values for each row, and tells of those it did not',
  async (strategy) => {
    const before = await db.person.findMany({ orderBy: { email: 'asc' } })
    const data = [
      { email: 'p9', name: 'nobody' },
      { email: 'p3', name: 'three', tags: ['x', 'y'] },
      { email: 'p1', name: 'old' },
      { email: 'p0', score: 5, extra: { a: 1 } },
    ]
    const told = await db.person.updateEach({ data, by: ['email'], outcome: 'rows', strategy })
    expect(told).toEqual({
      count: 2,
      rows: ['missing', 'updated', 'unchanged', 'updated'].map((outcome) => ({ outcome })),
    })
    const after = await db.person.findMany({ orderBy: { email: 'asc' } })
    expect(after[0]).toMatchObject({ name: 'old', score: 5, extra: { a: 1 }, tags: ['t0'] })
    expect(after.slice(1, 3)).toEqual(before.slice(1, 3))
    expect(after[3]).toMatchObject({ name: 'three', tags: ['x', 'y'], createdAt: before[3]!.createdAt })
    expect(after[3]!.updatedAt.getTime()).toBeGreaterThanOrEqual(before[3]!.updatedAt.getTime())
    expect(await db.person.updateEach({ data, by: ['email'], strategy })).toEqual({ count: 0 })
  },
)

it.each(strategies)('deleteEach by %s deletes by a compound key', async (strategy) => {
  await db.place.createMany({ data: [1n, 2n, 3n].map((number) => ({ region: 'r', number })) })
  const data = [5n, 3n, 1n, 3n].map((number) => ({ region: 'r', number }))
  const told = await db.place.deleteEach({ data, by: ['region', 'number'], outcome: 'rows', strategy })
  expect(told.count).toBe(2)
  expect(told.rows.map(({ outcome }) => outcome)).toEqual(['missing', 'deleted', 'deleted', 'missing'])
  expect(await db.place.findMany({ select: { number: true } })).toEqual([{ number: 2n }])
})

it('both refuse what they cannot do', async () => {
  const refused = (call: PromiseLike<unknown>) => expect(Promise.resolve(call)).rejects
  const twice = [
    { email: 'p0', name: 'a' },
    { email: 'p0', name: 'b' },
  ]
  await refused(db.person.updateEach({ data: twice, by: ['email'] })).toMatchObject({ code: 'SUB_BULK_DUPLICATE' })
  await refused(db.person.updateEach({ data: [{ email: 'p0' }], by: ['email'] })).toMatchObject({
    code: 'SUB_BULK_VALUE',
  })
  await refused(db.room.updateEach({ data: [{ name: 'a', note: 'b' }], by: ['name'] } as never)).toMatchObject({
    code: 'SUB_BULK_KEY',
  })
  await refused(
    db.person.deleteEach({ data: [{ email: 'p0', name: 'x' }] as never, by: ['name'] as never }),
  ).toMatchObject({
    code: 'SUB_BULK_KEY',
  })
  const broken = [
    { email: 'p0', name: 'a' },
    { email: 'p1', score: 1_000_000 },
  ]
  await refused(db.person.updateEach({ data: broken, by: ['email'] })).toThrow('score_is_small')
  expect(await db.person.count({ where: { name: 'old', score: 0 } })).toBe(4)
})

it('concurrent updates of overlapping rows do not deadlock', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `p${i}`)
  await db.person.upsertMany({ data: names.map((email) => ({ email })), conflict: ['email'] })
  for (let round = 0; round < rounds(5, 50); round++) {
    const writers = Array.from({ length: 8 }, (_, writer) => {
      const data = names.filter(() => Math.random() < 0.6).map((email) => ({ email, name: `${writer}/${round}` }))
      data.sort(() => Math.random() - 0.5)
      return db.$transaction((tx) => tx.person.updateEach({ data, by: ['email'] }), {
        timeout: 30_000,
        maxWait: 30_000,
      })
    })
    await Promise.all(writers)
  }
}, 120_000)
