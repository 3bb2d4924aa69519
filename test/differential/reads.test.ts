import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rounds, seed } from '../rounds.ts'
import { readCalls } from './calls.ts'
import { compareRead, Tally } from './compare.ts'
import { fill } from './rows.ts'
import { openWorld, schemaNames } from './world.ts'

const calls = rounds(400, 7_500)

test.each(schemaNames)(
  'random reads of the schema %s are answered as Prisma answers them',
  { timeout: 600_000 },
  async (name) => {
    await using world = await openWorld(name)
    await fill(world.prisma, world.schema, 12, seed)
    const tally = new Tally()
    await fc.assert(
      fc.asyncProperty(readCalls(world.schema), (call) => compareRead(world, call, tally)),
      { numRuns: calls, seed },
    )
    expect(tally.direct / tally.calls).toBeGreaterThan(0.95)
  },
)

test('fields left out for the whole client', { timeout: 120_000 }, async () => {
  const omit = { person: { email: true, age: true, name: false }, article: { title: true }, remark: { text: true } }
  await using world = await openWorld('relations', { omit })
  await fill(world.prisma, world.schema, 12, seed)
  const tally = new Tally()
  await fc.assert(
    fc.asyncProperty(readCalls(world.schema), (call) => compareRead(world, call, tally)),
    { numRuns: rounds(100, 2_000), seed },
  )
  expect(tally.direct / tally.calls).toBeGreaterThan(0.9)
})
