import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rounds, seed } from '../rounds.ts'
import { compareWrite, Tally } from './compare.ts'
import { fill } from './rows.ts'
import { openWorld, schemaNames } from './world.ts'
import { writeCalls } from './write-calls.ts'

const calls = rounds(150, 2_500)

test.each(schemaNames)('random writes of the schema %s do what Prisma does', { timeout: 600_000 }, async (name) => {
  await using world = await openWorld(name, { databases: 2 })
  await fill(world.prisma, world.schema, 12, seed)
  await fill(world.ours, world.schema, 12, seed)
  const tally = new Tally()
  await fc.assert(
    fc.asyncProperty(writeCalls(world.schema), (call) => compareWrite(world, call, tally)),
    { numRuns: calls, seed },
  )
  expect(tally.direct / tally.calls).toBeGreaterThan(0.4)
})
