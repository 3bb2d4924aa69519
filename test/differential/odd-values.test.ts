import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import type { Call } from '../../src/query/call.ts'
import { compareRead, Tally } from './compare.ts'
import { openWorld, type World } from './world.ts'

/** Values that PostgreSQL holds and JavaScript, or Prisma, does not: whatever Prisma makes of them, we make the same. */

let world: World

beforeAll(async () => {
  world = await openWorld('types')
  await withClient(world.database.adminUrl, async (client) => {
    await client.query(`INSERT INTO plain (id, text, flag, int, big, float, "decimal", instant, json, bytes, mood)
      VALUES (1, '', true, 0, 0, 0, 0, now(), '{}', '', 'CALM')`)
  })
})

afterAll(() => world[Symbol.asyncDispose]())

const numbers = ['NaN', 'Infinity', '-Infinity', '-0', '1e-320', '1.7976931348623157e308']
const decimals = ['NaN', '-0.000', '1e-30', '1e34', '0.10']
const instants = [
  'infinity',
  '-infinity',
  '0044-03-15 12:00:00 BC',
  '0001-01-01 00:00:00',
  '0001-12-31 BC',
  '10000-01-01 00:00:00',
  '294276-12-31 23:59:59.999999',
  '2024-01-01 00:00:00.123456',
  '2024-01-01 00:00:00.9999',
  '1969-12-31 23:59:59.999999',
]
const texts = ['\\u0001', '\u{1F600}', '\u2028', '"', '\\', "'", '\t\n\r']
const documents = [
  'null',
  '1e400',
  '1.0',
  '12345678901234567890',
  '"\\u2028"',
  '{"a": 1.10, "b": [null]}',
  '-0',
  '{"__proto__": 1}',
]

const cases = [
  ...numbers.map((value) => ({ column: 'float', value })),
  ...decimals.map((value) => ({ column: 'decimal', value })),
  ...instants.map((value) => ({ column: 'instant', value })),
  ...texts.map((value) => ({ column: 'text_value', value })),
  ...documents.map((value) => ({ column: 'json', value })),
]

test.each(cases)('$column $value', async ({ column, value }) => {
  await withClient(world.database.adminUrl, async (client) => {
    await client.query('TRUNCATE "nullable values"')
    await client.query(`INSERT INTO "nullable values" (id, "${column}") VALUES ('x', $1)`, [value])
  })
  const field = column === 'text_value' ? 'text' : column
  await same({ model: 'Nullable', operation: 'findMany', args: {} })
  await same({ model: 'Nullable', operation: 'findMany', args: { select: { [field]: true } } })
  await same({ model: 'Nullable', operation: 'groupBy', args: { by: ['id'], _count: true } })
  if (field === 'json') return
  await same({ model: 'Nullable', operation: 'groupBy', args: { by: [field] } })
  await same({ model: 'Nullable', operation: 'aggregate', args: { _min: { [field]: true }, _max: { [field]: true } } })
  if (field === 'text' || field === 'instant') return
  await same({ model: 'Nullable', operation: 'aggregate', args: { _sum: { [field]: true }, _avg: { [field]: true } } })
})

const natives = [
  { column: 'day', value: 'infinity' },
  { column: 'day', value: '0044-03-15 BC' },
  { column: 'day', value: '10000-01-01' },
  { column: 'time', value: '24:00:00' },
  { column: 'time', value: '23:59:59.999' },
  { column: 'stamp', value: 'infinity' },
  { column: 'stamp', value: '0044-03-15 12:00:00 BC' },
  { column: 'zoned', value: '-infinity' },
  { column: 'zoned', value: '2024-01-01 00:00:00.123456+05:30' },
  { column: 'zoned', value: '12024-01-01 00:00:00+00' },
  { column: 'huge', value: 'NaN' },
  { column: 'huge', value: '1e39' },
  { column: 'real', value: 'NaN' },
  { column: 'real', value: '3.4028235e38' },
  { column: 'real', value: '0.1' },
  { column: 'address', value: '10.0.0.1/24' },
  { column: 'plainJson', value: '{"b": 1, "a": 2, "b": 3}' },
]

test.each(natives)('native $column $value, alone and inside a relation', async ({ column, value }) => {
  await withClient(world.database.adminUrl, async (client) => {
    await client.query('TRUNCATE "Native"')
    await client.query(`INSERT INTO "Native" (id, small, real, money2, code, short, uuid, day, stamp, seconds, "ownerId")
      VALUES (9007199254740993, 1, 1, 1, 'a', 'b', gen_random_uuid(), now(), now(), now(), 1)`)
    await client.query(`UPDATE "Native" SET "${column}" = $1`, [value])
  })
  await same({ model: 'Native', operation: 'findMany', args: {} })
  await same({ model: 'Plain', operation: 'findMany', args: { include: { owned: true } } })
  await same({ model: 'Native', operation: 'findMany', args: { include: { owner: { include: { owned: true } } } } })
})

test('an enum label that the client does not know', async () => {
  await withClient(world.database.adminUrl, async (client) => {
    await client.query(`TRUNCATE "nullable values"; ALTER TYPE moods ADD VALUE 'newer'`)
    await client.query(`INSERT INTO "nullable values" (id, mood) VALUES ('x', 'newer')`)
  })
  await same({ model: 'Nullable', operation: 'findMany', args: {} })
})

const refused = [
  { model: 'Native', where: { plainJson: { lt: 1 } } },
  { model: 'Native', where: { NOT: { plainJson: { string_contains: 'a' } } } },
  { model: 'Native', where: { plainJson: { array_contains: [1], mode: 'insensitive' } } },
  { model: 'Nullable', where: { json: { string_starts_with: 'a', mode: 'insensitive' } } },
]

test.each(refused)('what PostgreSQL refuses of a JSON filter is Prisma’s to tell: $where', async ({ model, where }) => {
  await expect(same({ model, operation: 'findMany', args: { where } })).resolves.toBe('prisma')
  await expect(same({ model, operation: 'deleteMany', args: { where } })).resolves.toBe('prisma')
})

async function same(call: Call): Promise<'direct' | 'prisma'> {
  const tally = new Tally()
  await compareRead(world, call, tally)
  return tally.direct > 0 ? 'direct' : 'prisma'
}
