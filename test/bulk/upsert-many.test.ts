import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Prisma } from './generated/prisma/client.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
let db: Db

beforeAll(async () => {
  db = await openPeople(database.url)
})
afterAll(() => db.$close())
beforeEach(async () => {
  await db.visit.deleteMany()
  await db.person.deleteMany()
  await db.place.deleteMany()
  await db.room.deleteMany()
  await db.reading.deleteMany()
})

function people(from: number, to: number, name = 'name') {
  return Array.from({ length: to - from }, (_, i) => ({
    email: `p${from + i}@example.com`,
    name: `${name} ${from + i}`,
  }))
}

describe.each(['values', 'unnest', 'copy'] as const)('upsertMany by %s', (strategy) => {
  it('inserts what is new with its defaults, updates what differs, leaves the rest', async () => {
    await db.person.createMany({ data: [...people(0, 4, 'old'), ...people(4, 8)] })
    const before = await db.person.findMany({ orderBy: { email: 'asc' } })
    const result = await db.person.upsertMany({ data: people(2, 10), conflict: ['email'], strategy })
    expect(result).toEqual({ count: 4, unchanged: 4 })
    const after = await db.person.findMany({ orderBy: { email: 'asc' } })
    expect(after.map(({ name }) => name)).toEqual([...people(0, 2, 'old'), ...people(2, 10)].map(({ name }) => name))
    expect(after.slice(4, 8)).toEqual(before.slice(4))
    expect(after.slice(2, 4).map(({ id }) => id)).toEqual(before.slice(2, 4).map(({ id }) => id))
    expect(after[2]!.updatedAt.getTime()).toBeGreaterThanOrEqual(before[2]!.updatedAt.getTime())
    expect(after[9]).toMatchObject({ score: 0, rank: 'NEW', tags: [], extra: null })
    expect(after[9]!.id).toMatch(/^c[0-9a-z]{24}$/)
  })

  it('tells what became of each row, in the order of the data, with the rows', async () => {
    await db.person.createMany({ data: [...people(0, 2, 'old'), ...people(2, 4)] })
    const data = people(0, 6).reverse()
    const told = await db.person.upsertMany({ data, conflict: ['email'], outcome: 'rows', strategy })
    expect(told.rows.map(({ outcome }) => outcome)).toEqual([
      ...['inserted', 'inserted', 'unchanged', 'unchanged', 'updated', 'updated'],
    ])
    const again = await db.person.upsertMany({
      ...{ data: [...people(5, 7), ...people(0, 1, 'new')] },
      ...{ conflict: ['email'], outcome: 'rows', returning: ['email', 'name', 'tags'], strategy },
    } as const)
    expect(again).toEqual({
      count: 2,
      unchanged: 1,
      rows: [
        { outcome: 'unchanged', row: { email: 'p5@example.com', name: 'name 5', tags: [] } },
        { outcome: 'inserted', row: { email: 'p6@example.com', name: 'name 6', tags: [] } },
        { outcome: 'updated', row: { email: 'p0@example.com', name: 'new 0', tags: [] } },
      ],
    })
  })

  it('takes rows of different fields, and changes only what each gives', async () => {
    await db.person.createMany({ data: people(0, 3, 'old') })
    const data = [
      { email: 'p0@example.com', score: 7 },
      { email: 'p1@example.com', name: 'new' },
      { email: 'p2@example.com', score: 8, tags: ['a', 'b"\\,{}', 'NULL', ''] },
      { email: 'p3@example.com', extra: { a: [1, null] }, rank: 'OLD' as const },
    ]
    expect(await db.person.upsertMany({ data, conflict: ['email'], strategy })).toEqual({ count: 4, unchanged: 0 })
    const select = { name: true, score: true, tags: true, extra: true, rank: true }
    expect(await db.person.findMany({ select, orderBy: { email: 'asc' } })).toEqual([
      { name: 'old 0', score: 7, tags: [], extra: null, rank: 'NEW' },
      { name: 'new', score: 0, tags: [], extra: null, rank: 'NEW' },
      { name: 'old 2', score: 8, tags: ['a', 'b"\\,{}', 'NULL', ''], extra: null, rank: 'NEW' },
      { name: null, score: 0, tags: [], extra: { a: [1, null] }, rank: 'OLD' },
    ])
  })
})

describe('the update of upsertMany', () => {
  const data = [{ email: 'p0@example.com', name: null, score: 5, balance: '1.005' }]

  beforeEach(async () => {
    await db.person.create({ data: { email: 'p0@example.com', name: 'old', score: 10, balance: '2.5' } })
  })

  async function updated(update: Parameters<Db['person']['upsertMany']>[0]['update']) {
    const { count } = await db.person.upsertMany({ data, conflict: ['email'], ...(update && { update }) })
    const person = await db.person.findFirstOrThrow()
    return { count, name: person.name, score: person.score, balance: Number(person.balance) }
  }

  it('is of all that the data gives', async () => {
    expect(await updated('all')).toEqual({ count: 1, name: null, score: 5, balance: 1.01 })
    // Rounded by the column, the value is the same as what is there.
    expect((await updated('all')).count).toBe(0)
  })

  it('is of fields', async () =>
    expect(await updated(['score'])).toEqual({ count: 1, name: 'old', score: 5, balance: 2.5 }))

  it('is nothing', async () => expect(await updated([])).toEqual({ count: 0, name: 'old', score: 10, balance: 2.5 }))

  it('is of sums and of what is not null', async () =>
    expect(await updated({ score: { increment: true }, name: { coalesce: true } })).toEqual({
      ...{ count: 1, name: 'old', score: 15, balance: 2.5 },
    }))

  it('is SQL over both rows', async () => {
    const update = {
      score: Prisma.sql`greatest(existing.score, excluded.score) + ${1}`,
      name: ({ existing, excluded }: { existing: { name: unknown }; excluded: { score: unknown } }) =>
        Prisma.sql`${existing.name} || '/' || ${excluded.score} || ${'!'}`,
    }
    expect(await updated(update)).toEqual({ count: 1, name: 'old/5!', score: 11, balance: 2.5 })
  })

  it('is kept from rows that where leaves out', async () => {
    const where = { score: { lt: 10 } }
    expect(await db.person.upsertMany({ data, conflict: ['email'], where })).toEqual({ count: 0, unchanged: 1 })
    const told = await db.person.upsertMany({
      ...{ data, conflict: ['email'], where: { visits: { none: {} } }, outcome: 'rows' },
    } as const)
    expect(told.rows).toEqual([{ outcome: 'updated' }])
  })
})

describe('the key of upsertMany', () => {
  it('is compound, in any order, of types that PostgreSQL writes otherwise', async () => {
    const data = [3n, 2n, 10n].map((number) => ({ region: 'a', number, label: 'x', plain: { n: Number(number) } }))
    await db.place.upsertMany({ data, conflict: ['number', 'region'] })
    expect(await db.place.upsertMany({ data, conflict: ['region', 'number'] })).toEqual({ count: 0, unchanged: 3 })
    const changed = data.map((row) => ({ ...row, hits: 1 }))
    const told = await db.place.upsertMany({ data: changed, conflict: ['region', 'number'], outcome: 'rows' })
    expect(told.rows.map(({ outcome }) => outcome)).toEqual(['updated', 'updated', 'updated'])
  })

  it('is partial', async () => {
    await db.room.createMany({
      data: [
        { name: 'a', gone: true },
        { name: 'a', note: 'here' },
        { name: 'b', gone: true },
      ],
    })
    const told = await db.room.upsertMany({
      data: [
        { name: 'a', note: 'new' },
        { name: 'b', note: 'new' },
      ],
      ...{ conflict: ['name'], outcome: 'rows' },
    } as const)
    expect(told.rows).toEqual([{ outcome: 'updated' }, { outcome: 'inserted' }])
    expect(await db.room.findMany({ orderBy: [{ name: 'asc' }, { gone: 'asc' }], omit: { id: true } })).toEqual([
      { name: 'a', note: 'new', gone: false },
      { name: 'a', note: null, gone: true },
      { name: 'b', note: 'new', gone: false },
      { name: 'b', note: null, gone: true },
    ])
  })

  it('names both positions of a duplicate, or takes the first or the last', async () => {
    const data = [...people(0, 2), ...people(1, 3, 'again')]
    await expect(db.person.upsertMany({ data, conflict: ['email'] })).rejects.toMatchObject({
      code: 'SUB_BULK_DUPLICATE',
      details: { first: 1, second: 2 },
    })
    const first = await db.person.upsertMany({ data, conflict: ['email'], onDuplicate: 'first', outcome: 'rows' })
    expect(first.rows.map(({ outcome }) => outcome)).toEqual(['inserted', 'inserted', 'duplicate', 'inserted'])
    await db.person.upsertMany({ data, conflict: ['email'], onDuplicate: 'last' })
    const { name } = await db.person.findUniqueOrThrow({ where: { email: 'p1@example.com' } })
    expect(name).toBe('again 1')
  })
})

describe('a partitioned table', () => {
  const data = [2005, 2020].map((year) => ({ sensor: 1, day: new Date(Date.UTC(year, 0)), value: year }))

  it('is written, and tells of its rows where PostgreSQL can', async () => {
    expect(await db.reading.upsertMany({ data, conflict: ['sensor', 'day'] })).toEqual({ count: 2, unchanged: 0 })
    const changed = [data[0]!, { ...data[1]!, value: 1 }]
    const [{ version } = { version: 0 }] = await db.$queryRaw<{ version: number }[]>`
      SELECT current_setting('server_version_num')::int / 10000 AS version`
    const told = db.reading.upsertMany({ data: changed, conflict: ['sensor', 'day'], outcome: 'rows' })
    if (version < 18) await expect(told).rejects.toMatchObject({ code: 'SUB_BULK_PARTITIONED' })
    else expect((await told).rows.map(({ outcome }) => outcome)).toEqual(['unchanged', 'updated'])
  })
})

describe('what upsertMany refuses', () => {
  it.each([
    [{ data: [{ email: 'a', nope: 1 }] }, 'SUB_BULK_VALUE', 'data[0].nope is no field of the model'],
    [{ data: [{ email: 'a' }, { name: 'b' }] }, 'SUB_BULK_VALUE', 'data[1].email is missing'],
    [{ data: [{ email: 'a' }, { email: null }] }, 'SUB_BULK_VALUE', 'data[1].email is'],
    [{ data: [{ email: 'a\0b' }] }, 'SUB_BULK_VALUE', 'data[0].email'],
    [{ data: [{ email: 'a', score: 1.5 }] }, 'SUB_BULK_VALUE', 'data[0].score is not a 32-bit integer'],
    [{ data: [{ email: 'a', visits: [] }] }, 'SUB_BULK_VALUE', 'data[0].visits is a relation'],
    [{ data: ['a'] }, 'SUB_BULK_VALUE', 'data[0].* is not an object'],
    [{ data: {} }, 'SUB_BULK_ARGUMENT', '`data` takes a list'],
    [{ data: [], conflict: ['name'] }, 'SUB_BULK_KEY', 'The model has [id], [email]'],
    [{ data: [], update: ['nope'] }, 'SUB_BULK_ARGUMENT', 'names nope'],
    [{ data: [{ email: 'a', name: 'b' }], update: { name: { increment: true } } }, 'SUB_BULK_ARGUMENT', 'no such rule'],
    [{ data: [], strategy: 'fast' }, 'SUB_BULK_ARGUMENT', "takes 'values' or 'unnest' or 'copy'"],
    [{ data: [], returning: true }, 'SUB_BULK_ARGUMENT', "needs outcome: 'rows'"],
    [{ data: [], select: {} }, 'SUB_BULK_ARGUMENT', '`select` is not known'],
  ])('%j', async (args, code, message) => {
    const call = db.person.upsertMany({ conflict: ['email'], ...args } as never)
    const error = await call.then(
      () => undefined,
      (failure: unknown) => failure,
    )
    expect(error).toMatchObject({ code })
    expect(String(error)).toContain(message)
  })

  it("is what the database refuses, in Prisma's words, and nothing is written", async () => {
    await db.person.createMany({ data: people(0, 2) })
    const [{ id } = { id: '' }] = await db.person.findMany({ orderBy: { email: 'asc' } })
    const taken = db.person.upsertMany({
      data: [...people(5, 7), { email: 'new@example.com', id }],
      conflict: ['email'],
    })
    await expect(taken).rejects.toMatchObject({ code: 'P2002', meta: { modelName: 'Person' } })
    const orphan = db.visit.upsertMany({ data: [{ id: 1, personId: 'nobody' }], conflict: ['id'] })
    await expect(orphan).rejects.toMatchObject({ code: 'P2003' })
    expect(await db.person.count()).toBe(2)
  })
})

it('stands in an interactive transaction, also by COPY, and is undone with it', async () => {
  const undone = db.$transaction(async (tx) => {
    await tx.person.upsertMany({ data: people(0, 3), conflict: ['email'], strategy: 'copy' })
    await tx.person.upsertMany({ data: people(2, 5, 'b'), conflict: ['email'], strategy: 'copy' })
    const taken = tx.visit.upsertMany({ data: [{ id: 1, personId: 'nobody' }], conflict: ['id'], strategy: 'copy' })
    await expect(taken).rejects.toMatchObject({ code: 'P2003' })
    expect(await tx.person.count()).toBe(5)
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  expect(await db.person.count()).toBe(0)
})

it('rows of megabytes are many statements', async () => {
  const data = people(0, 40).map((row, i) => ({ ...row, name: `${i % 10}`.repeat(2 ** 20) }))
  const statements: string[] = []
  const off = db.$events.on('statement', ({ text }) => statements.push(text))
  expect(await db.person.upsertMany({ data, conflict: ['email'] })).toEqual({ count: 40, unchanged: 0 })
  off()
  expect(statements.filter((text) => text.startsWith('INSERT')).length).toBeGreaterThan(1)
  expect(await db.person.count({ where: { name: { startsWith: '5' } } })).toBe(4)
})

it('writes more rows than the protocol has parameters', async () => {
  const data = people(0, 25_000)
  expect(await db.person.upsertMany({ data, conflict: ['email'] })).toEqual({ count: 25_000, unchanged: 0 })
  const told = await db.person.upsertMany({ data: people(20_000, 45_000), conflict: ['email'], outcome: 'rows' })
  expect(told.rows.map(({ outcome }) => outcome)).toEqual(
    people(0, 25_000).map((_, i) => (i < 5_000 ? 'unchanged' : 'inserted')),
  )
})
