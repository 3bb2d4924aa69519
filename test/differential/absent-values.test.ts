import { join } from 'node:path'
import { skip } from '@prisma/client/runtime/client'
import { expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import type { Arguments, Operation } from '../../src/query/call.ts'
import { compareRead, compareWrite, Tally } from './compare.ts'
import { openWorld, type WorldSchema } from './world.ts'

/** What counts as absent: `undefined`, except under strictUndefinedChecks, which refuses it, and `Prisma.skip`. */

const strict: WorldSchema = { folder: join(import.meta.dirname, 'schemas/strict') }

const reads = (absent: unknown): [Operation, Arguments][] => [
  ['findMany', { where: absent }],
  ['findMany', { where: { id: absent } }],
  ['findMany', { where: { id: { gt: absent, lt: 3 } } }],
  ['findMany', { where: { AND: [{ id: absent }, { name: 'a' }] } }],
  ['findMany', { where: { OR: [{ id: absent }] } }],
  ['findMany', { where: { id: { in: [1, absent] } } }],
  ['findMany', { take: absent, skip: absent, orderBy: absent }],
  ['findMany', { orderBy: { id: absent } }],
  ['findMany', { select: { id: true, name: absent } }],
  ['findMany', { include: absent }],
  ['findFirst', { where: { note: absent } }],
  ['findUnique', { where: { id: absent, name: 'a' } }],
  ['count', { where: { note: absent } }],
  ['groupBy', { by: ['note'], where: absent, _count: true }],
]

const writes = (absent: unknown): [Operation, Arguments][] => [
  ['create', { data: { id: 9, name: 'n', note: absent } }],
  ['create', { data: { id: absent, name: 'n' } }],
  ['update', { where: { id: 1 }, data: { name: 'z', note: absent } }],
  ['updateMany', { where: { id: absent }, data: { note: 'all' } }],
  ['deleteMany', { where: absent }],
  ['upsert', { where: { id: 1 }, create: { id: 1, name: 'x' }, update: { note: absent } }],
  ['createMany', { data: [{ id: 10, name: 'o', note: absent }] }],
]

test.each([
  ['undefined, under strictUndefinedChecks', undefined],
  ['Prisma.skip, under strictUndefinedChecks', skip],
])('%s', { timeout: 120_000 }, async (_, absent) => {
  await using world = await openWorld(strict, { databases: 2 })
  const rows = `INSERT INTO "Shelf" (name) VALUES ('s'); INSERT INTO "Item" VALUES (1, 'a', NULL, 1), (2, 'b', 'x', NULL)`
  for (const url of world.adminUrls) await withClient(url, (client) => client.query(rows))
  const tally = new Tally()
  for (const [operation, args] of reads(absent)) await compareRead(world, { model: 'Item', operation, args }, tally)
  for (const [operation, args] of writes(absent)) await compareWrite(world, { model: 'Item', operation, args }, tally)
  const shelf = { items: { where: { note: absent }, take: absent }, _count: { select: { items: { where: absent } } } }
  await compareRead(world, { model: 'Shelf', operation: 'findMany', args: { include: shelf } }, tally)
  // What Prisma refuses is its own to refuse; what is skipped goes straight.
  if (absent === undefined) expect(tally.direct).toBe(0)
  else expect(tally.direct).toBeGreaterThan(10)
})
