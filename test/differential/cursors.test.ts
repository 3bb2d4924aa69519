import { afterAll, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import type { Arguments, Call } from '../../src/query/call.ts'
import { sample } from '../rounds.ts'
import { compareRead, Tally } from './compare.ts'
import { openWorld, type World } from './world.ts'

/** Cursors and `distinct`, where Prisma lets PostgreSQL cut a page and where it cuts what it has read. */

let types: World
let relations: World

beforeAll(async () => {
  types = await openWorld('types')
  relations = await openWorld('relations')
  await withClient(types.database.adminUrl, (client) =>
    client.query(`
      INSERT INTO "Keyed" VALUES
        (1, 1, 'x', 'ab', '8c5e9e6c-9a1b-4c55-8d7e-0123456789ab', '10.0.0.1', 9007199254740993, 0.1, 0.1, 1.50,
          '2024-01-01 00:00:00.123456', '2024-01-01 00:00:00.123+00', '2024-01-01', '10:00', '\\x0102', 'very eager'),
        (2, NULL, 'y', 'abcd', '8c5e9e6c-9a1b-4c55-8d7e-0123456789ac', '10.0.0.2', 2, 0.2, 0.2, 2.5,
          '2025-01-01', '2025-01-01', '2025-01-01', '11:00', '\\x0103', 'CALM'),
        (3, 3, 'z', 'b', '8c5e9e6c-9a1b-4c55-8d7e-0123456789ad', '10.0.0.3', 3, 0.3, 0.3, 3.5,
          '2026-01-01', '2026-01-01', '2026-01-01', '12:00', '\\x0104', 'odd, {label}');
      INSERT INTO "nullable values" (id, float, "decimal", json, bytes) VALUES
        ('a', 'NaN', 1.5, '1.0', '\\x01'), ('b', 'Infinity', 1.50, '1.00', '\\x01'), ('c', '0', 'NaN', '{"a": 1}', '\\x'),
        ('d', '-0', 'NaN', '{"a":1}', NULL), ('e', NULL, NULL, NULL, NULL), ('f', '-Infinity', 0, 'null', NULL)`),
  )
  await withClient(relations.database.adminUrl, (client) =>
    client.query(`
      INSERT INTO people (person_id, email, name, age, boss_id) VALUES
        (1, 'a', 'ann', 30, NULL), (2, 'b', NULL, NULL, 1), (3, 'c', 'cem', 20, 2), (4, 'd', 'ann', NULL, 3), (5, 'e', 'eve', 20, 1);
      INSERT INTO "Locker" (code, number) VALUES (NULL, 1), ('k', 2), (NULL, 3), ('c', 4);
      INSERT INTO "Badge" (number, person, "lockerNo") VALUES ('n1', 3, 1), ('n2', 1, 2), ('n3', 5, NULL);
      INSERT INTO articles (id, title, "authorId", "editorId") VALUES
        (1, 'p', 1, NULL), (2, 'q', 1, 2), (3, 'r', 1, 3), (4, 'p', 2, 1), (5, 'r', 2, NULL), (6, 'q', 2, 5), (7, 'x', 1, 3);
      INSERT INTO "Remark" ("articleId", line, text) VALUES (1, 1, 'k'), (1, 2, NULL), (2, 1, 'a'), (2, 2, 'k')`),
  )
})

afterAll(async () => {
  await types?.[Symbol.asyncDispose]()
  await relations?.[Symbol.asyncDispose]()
})

type Path = 'direct' | 'prisma'

async function same(world: World, call: Call, path: Path): Promise<void> {
  const tally = new Tally()
  await compareRead(world, call, tally)
  expect(tally.direct, [...tally.reasons.keys()].join()).toBe(path === 'direct' ? 1 : 0)
}

const keys: readonly (readonly [Arguments, Path])[] = [
  [{ text: 'x' }, 'direct'],
  [{ text: 'nowhere' }, 'direct'],
  [{ uuid: '8c5e9e6c-9a1b-4c55-8d7e-0123456789ab' }, 'direct'],
  [{ uuid: '8C5E9E6C-9A1B-4C55-8D7E-0123456789AB' }, 'prisma'],
  [{ big: 9007199254740993n }, 'direct'],
  [{ big: 3 }, 'direct'],
  [{ float: 0.1 }, 'direct'],
  [{ instant: new Date('2024-01-01T00:00:00.123Z') }, 'direct'],
  [{ instant: '2025-01-01T00:00:00.000Z' }, 'prisma'],
  [{ zoned: new Date('2024-01-01T00:00:00.123Z') }, 'direct'],
  [{ day: new Date('2024-01-01T00:00:00.000Z') }, 'direct'],
  [{ day: new Date('2024-01-01T10:00:00.000Z') }, 'prisma'],
  [{ bytes: new Uint8Array([1, 2]) }, 'direct'],
  [{ mood: 'EAGER' }, 'direct'],
  [{ mood: 'ODD' }, 'direct'],
  [{ code: 'ab' }, 'prisma'],
  [{ address: '10.0.0.1/32' }, 'prisma'],
  [{ real: 0.1 }, 'prisma'],
  [{ decimal: '1.5' }, 'prisma'],
  [{ time: new Date('1970-01-01T10:00:00.000Z') }, 'prisma'],
  [{ id: 1, text: 'x' }, 'direct'],
  [{ id: 1, text: 'y' }, 'direct'],
  [{ id: 1, rank: 7 }, 'direct'],
  [{ id: { gt: 1 } }, 'prisma'],
  [{ id: 1, text: null }, 'prisma'],
  [{ id: 1, NOT: { id: 1 } }, 'prisma'],
  [{ rank: 1 }, 'prisma'],
]

test.each(keys)('the cursor %o, looked for in memory and by PostgreSQL', async (cursor, path) => {
  const orderBy = [{ rank: 'asc' }, { id: 'asc' }]
  await same(types, { model: 'Keyed', operation: 'findMany', args: { cursor, orderBy } }, path)
  await same(types, { model: 'Keyed', operation: 'findMany', args: { cursor, orderBy, take: -2 } }, path)
  const call: Call = { model: 'Keyed', operation: 'findMany', args: { cursor, take: 2 } }
  await compareRead(types, call, new Tally())
})

const orders: readonly Arguments[][] = [
  [{ id: 'asc' }],
  [{ age: 'asc' }, { id: 'asc' }],
  [{ age: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }],
  [{ boss: { email: 'asc' } }, { id: 'asc' }],
  [{ boss: { name: 'desc' } }, { id: 'asc' }],
  [{ boss: { boss: { email: 'asc' } } }, { id: 'asc' }],
  [{ badge: { number: 'asc' } }, { id: 'asc' }],
  [{ badge: { locker: { code: 'asc' } } }, { id: 'asc' }],
  [{ articles: { _count: 'desc' } }, { id: 'asc' }],
  [{ boss: { articles: { _count: 'desc' } } }, { email: 'asc' }],
]

test.each(orders)('from every row on in the order %o, %o', async (...orderBy) => {
  for (const page of [{}, { take: 2 }, { take: -2, skip: 1 }, { where: { id: { not: 2 } } }, { distinct: ['age'] }])
    for (const id of sample([0, 1, 2, 3, 4, 5], 2)) {
      const args = { cursor: { id }, orderBy, select: { id: true }, ...page }
      await same(relations, { model: 'Person', operation: 'findMany', args }, 'direct')
    }
})

test('an order that only a compound primary key makes unique, and that of a relation of one to one', async () => {
  for (const orderBy of [undefined, [{ text: 'asc' }, { articleId: 'asc' }, { line: 'asc' }]])
    for (const where of [{}, { line: 2 }]) {
      const cursor = { articleId_line: { articleId: 1, line: 1 } }
      const args = { cursor, take: 2, where, ...(orderBy && { orderBy }) }
      await same(relations, { model: 'Remark', operation: 'findMany', args }, 'direct')
      await same(relations, { model: 'Remark', operation: 'findFirst', args: { ...args, take: 1, skip: 1 } }, 'direct')
      await same(relations, { model: 'Remark', operation: 'count', args }, 'prisma')
    }
  const orderBy = [{ person: { email: 'desc' } }, { number: 'asc' }]
  const args = { cursor: { personId: 3 }, orderBy, take: 1, where: { number: { not: 'n1' } } }
  await same(relations, { model: 'Badge', operation: 'findMany', args }, 'direct')
})

test('an order with ties is left to Prisma', async () => {
  const args = { cursor: { id: 1 }, orderBy: { name: 'asc' } }
  await same(relations, { model: 'Person', operation: 'findMany', args }, 'prisma')
  await same(
    relations,
    { model: 'Person', operation: 'findMany', args: { include: { articles: { ...args, orderBy: { title: 'asc' } } } } },
    'prisma',
  )
})

test('lists of one row, of several and further down', async () => {
  const pages = [
    { orderBy: { id: 'desc' }, take: 2 },
    { orderBy: [{ editor: { email: 'asc' } }, { id: 'asc' }], take: -2 },
    { orderBy: { id: 'asc' }, where: { title: { not: 'q' } }, distinct: ['title'] },
    { orderBy: { id: 'asc' }, where: { title: { not: 'q' } }, skip: 1 },
  ]
  for (const page of pages)
    for (const id of [0, 2, 3, 5]) {
      const articles = { select: { id: true }, cursor: { id }, ...page }
      const select = { id: true, articles }
      await same(relations, { model: 'Person', operation: 'findUnique', args: { where: { id: 1 }, select } }, 'direct')
      await same(relations, { model: 'Person', operation: 'findFirst', args: { where: { id: 1 }, select } }, 'direct')
      await same(
        relations,
        { model: 'Person', operation: 'findMany', args: { orderBy: { id: 'asc' }, select } },
        'direct',
      )
      const further = { where: { number: 'n2' }, select: { person: { select } } }
      await same(relations, { model: 'Badge', operation: 'findUnique', args: further }, 'direct')
    }
})

test('distinct compares as Prisma compares what it has read', async () => {
  for (const distinct of [['float'], ['decimal'], ['json'], ['bytes'], ['bytes', 'decimal']])
    for (const more of [{}, { take: 2 }, { take: -2 }, { cursor: { id: 'b' } }, { cursor: { id: 'c' }, skip: 1 }]) {
      const args = { distinct, orderBy: { id: 'asc' }, select: { id: true }, ...more }
      await same(types, { model: 'Nullable', operation: 'findMany', args }, 'direct')
    }
})

test('a model without a primary key is ordered by its first unique key that is never null', async () => {
  await same(relations, { model: 'Locker', operation: 'findMany', args: { take: 3 } }, 'direct')
  await same(relations, { model: 'Locker', operation: 'findMany', args: { cursor: { code: 'k' } } }, 'direct')
  const args = { orderBy: { number: 'asc' }, include: { locker: true } }
  await same(relations, { model: 'Badge', operation: 'findMany', args }, 'direct')
  const where = { locker: { isNot: { code: 'k' } } }
  await same(
    relations,
    { model: 'Badge', operation: 'findMany', args: { where, orderBy: { number: 'asc' } } },
    'direct',
  )
})
