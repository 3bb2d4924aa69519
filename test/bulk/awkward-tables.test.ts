import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Substrata, substrata } from 'substrata'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { type Prisma, PrismaClient } from './awkward/generated/prisma/client.ts'
import { type Schema, schema } from './awkward/generated/substrata/index.ts'

const database = useTestDatabase({ setup: readFileSync(join(import.meta.dirname, 'awkward/setup.sql'), 'utf8') })
const admin = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql))

let db: Substrata<PrismaClient, Schema>

beforeAll(async () => {
  const config = defineConfig({ url: database.url, environment: 'test', maxConnections: 4 }, {})
  db = await substrata(PrismaClient, { schema, config })
})
afterAll(() => db.$close())
beforeEach(() => admin('TRUNCATE "other place"."odd things", loose, branches RESTART IDENTITY'))

const strategies = ['values', 'unnest', 'copy'] as const

describe.each(strategies)('by %s', (strategy) => {
  test('mapped names, a second schema, identity and generated columns', async () => {
    const data: Prisma.ThingCreateManyInput[] = [
      { key: 'a', amount: 1, kind: 'ONE', kinds: ['ONE', 'TWO'] },
      { key: 'b"', amount: 2, kind: 'TWO', excluded: 'x' },
    ]
    const told = await db.thing.upsertMany({ data, conflict: ['key'], outcome: 'rows', returning: true, strategy })
    expect(told.rows).toEqual([
      {
        outcome: 'inserted',
        row: { serial: 1, key: 'a', amount: 1, kind: 'ONE', kinds: ['ONE', 'TWO'], doubled: 2, excluded: null },
      },
      {
        outcome: 'inserted',
        row: { serial: 2, key: 'b"', amount: 2, kind: 'TWO', kinds: [], doubled: 4, excluded: 'x' },
      },
    ])
    const again = await db.thing.upsertMany({
      data: [{ key: 'b"', amount: 5 }],
      conflict: ['key'],
      update: { amount: { increment: true } },
      where: { excluded: { not: 'y' } },
      outcome: 'rows',
      strategy,
    })
    expect(again.rows).toEqual([{ outcome: 'updated' }])
    expect(await db.thing.updateEach({ data: [{ key: 'b"', kind: 'ONE' }], by: ['key'], strategy })).toEqual({
      count: 1,
    })
    expect(
      await db.thing.findMany({ orderBy: { key: 'asc' }, select: { amount: true, doubled: true, kind: true } }),
    ).toEqual([
      { amount: 1, doubled: 2, kind: 'ONE' },
      { amount: 7, doubled: 14, kind: 'ONE' },
    ])
    expect(await db.thing.deleteEach({ data: [{ key: 'a' }], by: ['key'], strategy })).toEqual({ count: 1 })
  })

  test('what only the database writes is refused', async () => {
    const generated = db.thing.upsertMany({
      ...{ data: [{ key: 'a', amount: 1, doubled: 3 }] as never, conflict: ['key'], strategy },
    } as const)
    await expect(Promise.resolve(generated)).rejects.toMatchObject({ code: 'SUB_BULK_VALUE' })
    const identity = db.thing.upsertMany({ data: [{ key: 'a', amount: 1, serial: 7 }], conflict: ['key'], strategy })
    const prisma = db.thing.create({ data: { key: 'a', amount: 1, serial: 7 } })
    const state = { code: 'P2039', meta: { driverAdapterError: { cause: { originalCode: '428C9' } } } }
    await expect(Promise.resolve(prisma)).rejects.toMatchObject(state)
    await expect(Promise.resolve(identity)).rejects.toMatchObject(state)
  })

  test('a table without a primary key, by either of its keys', async () => {
    const data = [
      { code: 'x', a: 1, b: 'b' },
      { code: 'y', a: 1, b: null },
      { code: 'z', a: 1, b: null },
    ]
    expect(await db.loose.upsertMany({ data, conflict: ['code'], strategy })).toMatchObject({ count: 3 })
    const byBoth = {
      data: [{ code: 'new', a: 1, b: 'b', note: 'n' }],
      conflict: ['b', 'a'],
      outcome: 'rows',
      strategy,
    } as const
    expect((await db.loose.upsertMany(byBoth)).rows).toEqual([{ outcome: 'updated' }])
    expect(await db.loose.findMany({ where: { note: 'n' } })).toEqual([{ code: 'new', a: 1, b: 'b', note: 'n' }])
    // Nulls are equal to nothing: no key finds such a row.
    const withNull = [{ code: 'y', a: 1, b: null }] as never
    for (const call of [
      db.loose.upsertMany({ data: withNull, conflict: ['a', 'b'], strategy }),
      db.loose.updateEach({ data: withNull, by: ['a', 'b'], strategy }),
      db.loose.deleteEach({ data: [{ a: 1, b: null }] as never, by: ['a', 'b'], strategy }),
    ])
      await expect(Promise.resolve(call)).rejects.toMatchObject({
        code: 'SUB_BULK_VALUE',
        details: { row: 0, field: 'b' },
      })
    expect(await db.loose.count()).toBe(3)
  })
})

test('rows that refer to each other are written together, however many they are', async () => {
  // Each refers to a row that comes later, in the data and by its key.
  const data = Array.from({ length: 25_000 }, (_, id) => ({ id, parentId: id === 24_999 ? null : id + 1 }))
  expect(await db.branch.upsertMany({ data, conflict: ['id'] })).toEqual({ count: 25_000, unchanged: 0 })
  await admin('TRUNCATE branches')
  expect(await db.branch.createMany({ data })).toEqual({ count: 25_000 })
})

test('a key that PostgreSQL checks late is refused by it, and nothing is written', async () => {
  await admin(
    'ALTER TABLE loose DROP CONSTRAINT loose_code_key, ADD CONSTRAINT loose_code_key UNIQUE (code) DEFERRABLE',
  )
  const call = db.loose.upsertMany({ data: [{ code: 'x', a: 1 }], conflict: ['code'] })
  await expect(Promise.resolve(call)).rejects.toMatchObject({
    meta: { driverAdapterError: { cause: { originalCode: '55000' } } },
  })
  expect(
    await db.loose.createMany({
      data: [
        { code: 'x', a: 1 },
        { code: 'y', a: 2, b: 'b' },
      ],
    }),
  ).toEqual({ count: 2 })
  await admin('ALTER TABLE loose DROP CONSTRAINT loose_code_key, ADD CONSTRAINT loose_code_key UNIQUE (code)')
})
