import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rounds, seed } from '../rounds.ts'
import { readCalls } from './calls.ts'
import { compareRead, compareWrite, Tally } from './compare.ts'
import { generatedSchema } from './generated-schema.ts'
import { fill } from './rows.ts'
import { openWorld } from './world.ts'
import { writeCalls } from './write-calls.ts'

const seeds = Array.from({ length: rounds(1, 8) }, (_, i) => seed + i)

test.each(seeds)(
  'random calls of the random schema %s do what Prisma does',
  { timeout: 600_000 },
  async (schemaSeed) => {
    const folder = await generatedSchema(schemaSeed)
    await using reads = await openWorld({ folder })
    await fill(reads.prisma, reads.schema, 12, seed)
    const read = new Tally()
    await fc.assert(
      fc.asyncProperty(readCalls(reads.schema), (call) => compareRead(reads, call, read)),
      { numRuns: rounds(80, 1_000), seed },
    )
    expect(read.direct / read.calls).toBeGreaterThan(0.9)

    await using writes = await openWorld({ folder }, { databases: 2 })
    await fill(writes.prisma, writes.schema, 12, seed)
    await fill(writes.ours, writes.schema, 12, seed)
    const written = new Tally()
    await fc.assert(
      fc.asyncProperty(writeCalls(writes.schema), (call) => compareWrite(writes, call, written)),
      { numRuns: rounds(25, 300), seed },
    )
    expect(written.direct).toBeGreaterThan(0)
  },
)
