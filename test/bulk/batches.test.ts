import { processInBatches } from 'substrata'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
})

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[][]> {
  const read: T[][] = []
  for await (const batch of batches) read.push([...batch])
  return read
}

describe('inBatches', () => {
  it('walks along a compound key, either way, under a condition', async () => {
    const data = ['a', 'b'].flatMap((region) =>
      [10n, 9n, 2n].map((number) => ({ region, number, hits: Number(number) })),
    )
    await db.place.upsertMany({ data, conflict: ['region', 'number'] })
    const select = { region: true, number: true } as const
    const up = await all(db.place.inBatches({ size: 2, select }))
    expect(up.map((batch) => batch.map(({ region, number }) => `${region}${number}`))).toEqual([
      ['a2', 'a9'],
      ['a10', 'b2'],
      ['b9', 'b10'],
    ])
    const down = await all(db.place.inBatches({ size: 4, order: 'desc', where: { hits: { gt: 5 } }, select }))
    expect(down.flat().map(({ region, number }) => `${region}${number}`)).toEqual(['b10', 'b9', 'a10', 'a9'])
    expect(await all(db.place.inBatches({ where: { region: 'c' } }))).toEqual([])
  })

  it('meets every row once that stays, whatever else is written', async () => {
    const emails = Array.from({ length: 100 }, (_, i) => `p${String(i).padStart(3, '0')}`)
    await db.person.upsertMany({ data: emails.map((email) => ({ email })), conflict: ['email'] })
    const seen: string[] = []
    for await (const batch of db.person.inBatches({ by: ['email'], size: 10, select: { email: true } })) {
      seen.push(...batch.map(({ email }) => email))
      const last = batch.at(-1)!.email
      await db.person.create({ data: { email: `${last}+behind` } })
      await db.person.create({ data: { email: `o${last}` } })
      await db.person.deleteMany({ where: { email: last } })
    }
    expect(seen.filter((email) => !email.includes('+'))).toEqual(emails)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('stands in a transaction and may be left', async () => {
    await db.$transaction(async (tx) => {
      await tx.person.createMany({ data: [1, 2, 3].map((i) => ({ email: `p${i}` })) })
      for await (const batch of tx.person.inBatches({ size: 1 })) {
        expect(batch).toHaveLength(1)
        break
      }
    })
  })

  it('refuses a key that leads nowhere', async () => {
    const refused = (batches: AsyncIterable<readonly unknown[]>) => expect(all(batches)).rejects
    await refused(db.person.inBatches({ by: ['name'] as never })).toMatchObject({ code: 'SUB_BULK_KEY' })
    await refused(db.room.inBatches({ by: ['name'] as never })).toMatchObject({ code: 'SUB_BULK_KEY' })
    await refused(db.person.inBatches({ size: 0 })).toMatchObject({ code: 'SUB_BULK_ARGUMENT' })
  })
})

describe('processInBatches', () => {
  const emails = Array.from({ length: 25 }, (_, i) => `p${i}`)

  it('runs a transaction a batch, several at a time, and tells how it goes on', async () => {
    const told: number[] = []
    const options = { size: 4, concurrency: 3, onProgress: ({ items }: { items: number }) => void told.push(items) }
    const done = await processInBatches(db, emails, options, (batch, tx) =>
      tx.person.createMany({ data: batch.map((email) => ({ email })) }),
    )
    expect(done).toEqual({ batches: 7, items: 25, before: 25 })
    expect(told.at(-1)).toBe(25)
    expect(await db.person.count()).toBe(25)
  })

  it('stops at a failure with nothing half done, and says what is done', async () => {
    const failing = processInBatches(db, emails, { size: 10 }, async (batch, tx) => {
      await tx.person.createMany({ data: batch.map((email) => ({ email })) })
      if (batch.includes('p15')) throw new Error('enough')
    })
    await expect(failing).rejects.toMatchObject({
      code: 'SUB_BATCHES_STOPPED',
      details: { batches: 1, items: 10, before: 10 },
      cause: new Error('enough'),
    })
    expect(await db.person.count()).toBe(10)
  })

  it('stops clean when its signal fires: the batch that runs is committed', async () => {
    const controller = new AbortController()
    const stopping = processInBatches(db, emails, { size: 5, signal: controller.signal }, async (batch, tx) => {
      await tx.person.createMany({ data: batch.map((email) => ({ email })) })
      if (batch.includes('p7')) controller.abort(new Error('stop'))
    })
    await expect(stopping).rejects.toMatchObject({ code: 'SUB_BATCHES_STOPPED', details: { before: 10 } })
    expect(await db.person.count()).toBe(10)
  })

  it('runs a batch again that lost a conflict', async () => {
    await db.person.createMany({ data: ['a', 'b'].map((email) => ({ email })) })
    let bothArrived: () => void
    const waiting = new Promise<void>((resolve) => {
      bothArrived = resolve
    })
    let arrived = 0
    let runs = 0
    // Two batches lock two rows in opposite order, once.
    const done = await processInBatches(
      db,
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      { size: 1, concurrency: 2 },
      async ([pair], tx) => {
        runs++
        await tx.person.updateMany({ where: { email: pair![0]! }, data: { score: { increment: 1 } } })
        if (++arrived === 2) bothArrived()
        await waiting
        await tx.person.updateMany({ where: { email: pair![1]! }, data: { score: { increment: 1 } } })
      },
    )
    expect(done.items).toBe(2)
    expect(runs).toBe(3)
    expect(await db.person.findMany({ select: { score: true } })).toEqual([{ score: 2 }, { score: 2 }])
  })
})
