import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import type { Arguments } from '../../src/query/call.ts'
import { openWorld, type World } from '../differential/world.ts'
import { rounds, seed } from '../rounds.ts'

/** Columns of the types whose text Prisma reads in ways of its own, written by Prisma and in bulk, into a database each. */

let world: World

beforeAll(async () => {
  world = await openWorld(
    { folder: join(import.meta.dirname, 'natives') },
    { databases: 2, setup: 'CREATE EXTENSION citext;' },
  )
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const client of [world.prisma, world.ours])
    for (const model of ['odd', 'oddLists', 'member']) await client[model]!.deleteMany!({})
})

const ROWS = rounds(40, 400)

const values = {
  price: fc.constantFrom<unknown>('0', '1234.56', '-0.01', 12, '92233720368547758.07', '1.005'),
  bits: fc.stringMatching(/^[01]{3}$/),
  bit: fc.constantFrom('0', '1'),
  varbits: fc.stringMatching(/^[01]{0,8}$/),
  name: fc.constantFrom('Ann', 'ANN', 'ann', '', 'Straße', '{"x"}'),
  object: fc.constantFrom(0, 1, 2_147_483_647),
  markup: fc.constantFrom('<a>x</a>', '<a b="1">\n</a>', 'text & <b/>'.replace('&', '&amp;'), ''),
  time: fc.constantFrom('00:00:00.000', '10:11:12.345', '23:59:59.999').map((time) => new Date(`1970-01-01T${time}Z`)),
  address: fc.constantFrom('10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'),
}

const nullable = fc.record(
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fc.option(value, { nil: null, freq: 4 })])),
)
const lists = fc.record({
  prices: fc.array(values.price, { maxLength: 3 }),
  bits: fc.array(values.bits, { maxLength: 3 }),
  varbits: fc.array(values.varbits, { maxLength: 3 }),
  names: fc.array(values.name, { maxLength: 3 }),
  objects: fc.array(values.object, { maxLength: 3 }),
  markups: fc.array(values.markup, { maxLength: 3 }),
  times: fc.array(values.time, { maxLength: 3 }),
  addresses: fc.array(values.address, { maxLength: 3 }),
})

const drawn = {
  odd: fc.sample(nullable, { numRuns: ROWS, seed }).map((row, id): Arguments => ({ id, ...row })),
  oddLists: fc.sample(lists, { numRuns: ROWS, seed }).map((row, id): Arguments => ({ id, ...row })),
}
const tables = { odd: 'odd', oddLists: 'odd_lists' }

async function stored(model: keyof typeof tables, url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const text = `SELECT t::text AS text FROM ${tables[model]} AS t ORDER BY id`
    const { rows } = await client.query<{ text: string }>(text)
    return rows.map(({ text }) => text)
  })
}

/** What Prisma itself cannot read of lists. */
const readable = { odd: undefined, oddLists: ['id', 'prices', 'bits', 'varbits', 'objects', 'markups', 'addresses'] }

describe.each(['odd', 'oddLists'] as const)('%s', (model) => {
  const data = drawn[model]
  const select = readable[model] && Object.fromEntries(readable[model].map((name) => [name, true]))

  async function written(): Promise<string[]> {
    for (const row of data) await world.prisma[model]!.create!({ data: row, select: { id: true } })
    return stored(model, world.adminUrls[1]!)
  }

  test.each(['values', 'unnest', 'copy'])('upsertMany by %s', async (strategy) => {
    const texts = await written()
    const returning = readable[model] ?? true
    const args = { data, conflict: ['id'], outcome: 'rows', returning, strategy }
    const told = (await world.ours[model]!.upsertMany!(args)) as { rows: { row: unknown }[] }
    expect(await stored(model, world.adminUrls[0]!)).toEqual(texts)
    const read = await world.prisma[model]!.findMany!({ orderBy: { id: 'asc' }, ...(select && { select }) })
    expect(told.rows.map(({ row }) => row)).toEqual(read)
    expect(await world.ours[model]!.upsertMany!({ data, conflict: ['id'], strategy })).toEqual({
      count: 0,
      unchanged: ROWS,
    })
  })

  test('updateEach, and rows of an import', async () => {
    const texts = await written()
    await world.ours[model]!.createMany!({ data: data.map(({ id }) => ({ id })) })
    await world.ours[model]!.updateEach!({ data, by: ['id'] })
    expect(await stored(model, world.adminUrls[0]!)).toEqual(texts)
    await world.ours[model]!.deleteEach!({ data: data.map(({ id }) => ({ id })), by: ['id'] })
    expect(await stored(model, world.adminUrls[0]!)).toEqual([])
    // As JSON has them.
    const lines = data.map((row) => JSON.parse(JSON.stringify(row)) as Arguments)
    await (world.ours[model]!.importFrom as (source: unknown) => Promise<unknown>)(lines)
    expect(await stored(model, world.adminUrls[0]!)).toEqual(texts)
  })

  test('createMany', async () => {
    const texts = await written()
    const call = () => world.ours[model]!.createMany!({ data })
    expect(world.ours.$path(call())).toEqual({ path: 'direct' })
    expect(await call()).toEqual({ count: ROWS })
    expect(await stored(model, world.adminUrls[0]!)).toEqual(texts)
  })

  test('inBatches', async () => {
    await written()
    await world.ours[model]!.createMany!({ data })
    const read = await world.prisma[model]!.findMany!({ orderBy: { id: 'asc' }, ...(select && { select }) })
    const batches: unknown[] = []
    const delegate = world.ours[model] as unknown as {
      inBatches: (args: object) => AsyncIterable<readonly unknown[]>
    }
    const walk = delegate.inBatches({ size: 7, ...(select && { select }) })
    for await (const batch of walk) batches.push(...batch)
    expect(batches).toEqual(read)
  })
})

test('what a column refuses it refuses in bulk', async () => {
  for (const row of [
    { bits: '1011' },
    { bits: '1x1' },
    { varbits: '101010101' },
    { markup: '<a>' },
    { price: '1e30' },
    { address: 'nowhere' },
  ]) {
    const refused = async (write: Promise<unknown>) => {
      const { code, meta } = await write.then(
        () => expect.fail(`${JSON.stringify(row)} was written`),
        (error: { code?: string; meta?: { driverAdapterError?: { cause?: { originalCode?: string } } } }) => error,
      )
      return { code, state: meta?.driverAdapterError?.cause?.originalCode }
    }
    const prisma = await refused(world.prisma.odd!.create!({ data: { id: 1, ...row } }))
    for (const strategy of ['values', 'unnest', 'copy'])
      expect(
        await refused(world.ours.odd!.upsertMany!({ data: [{ id: 1, ...row }], conflict: ['id'], strategy })),
      ).toEqual(prisma)
    expect(await refused(world.ours.odd!.createMany!({ data: [{ id: 1, ...row }] }))).toEqual(prisma)
  }
})

describe('keys without case', () => {
  const codes = ['8c5e9e6c-9a1b-4c55-8d7e-0123456789ab', '8C5E9E6C-9A1B-4C55-8D7E-0123456789AB']
  const row = { email: 'Ann@Example.com', code: codes[0], price: '1' }
  const same = { ...row, email: 'ANN@example.com', code: codes[1] }

  test.each(['values', 'unnest', 'copy'])('find their rows, by %s', async (strategy) => {
    const member = world.ours.member!
    await member.createMany!({ data: [row] })
    const outcome = 'rows'
    const told = await member.upsertMany!({ data: [same], conflict: ['email'], outcome, strategy })
    expect(told).toMatchObject({ count: 0, rows: [{ outcome: 'unchanged' }] })
    const byCode = await member.upsertMany!({
      data: [{ ...same, hits: 3 }],
      conflict: ['code'],
      update: ['hits', 'email'],
      outcome,
      strategy,
    })
    expect(byCode).toMatchObject({ rows: [{ outcome: 'updated' }] })
    // Another case is another value, as an update of Prisma's would write it.
    expect(await world.prisma.member!.findMany!({})).toEqual([])
    expect(
      await withClient(
        world.adminUrls[0]!,
        async (client) => (await client.query('SELECT email, hits FROM members')).rows,
      ),
    ).toEqual([{ email: 'ANN@example.com', hits: 3 }])
    expect(
      await member.updateEach!({ data: [{ email: 'aNN@example.com', hits: 4 }], by: ['email'], strategy }),
    ).toEqual({ count: 1 })
    expect(
      await member.deleteEach!({ data: [{ code: codes[1] }, { code: codes[0] }], by: ['code'], strategy }),
    ).toEqual({ count: 1 })
  })

  test('are duplicates of each other', async () => {
    for (const conflict of [['email'], ['code']])
      await expect(world.ours.member!.upsertMany!({ data: [row, same], conflict })).rejects.toMatchObject({
        code: 'SUB_BULK_DUPLICATE',
      })
    expect(
      await world.ours.member!.upsertMany!({ data: [row, same], conflict: ['email'], onDuplicate: 'last' }),
    ).toEqual({ count: 1, unchanged: 0 })
  })
})
