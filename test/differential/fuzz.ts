// npm run fuzz -- [--calls 30000] [--seed 1] [--schema types] [--writes]: random calls on Prisma and on our client until they differ.
// `--schema generated` makes a random schema of the seed.
import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { startCluster } from 'substrata/testing'
import { readCalls } from './calls.ts'
import { compareRead, compareWrite, Difference, Tally } from './compare.ts'
import { generatedSchema } from './generated-schema.ts'
import { fill } from './rows.ts'
import { openWorld, schemaNames, type WorldSchema } from './world.ts'
import { writeCalls } from './write-calls.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '30000' },
    seed: { type: 'string', default: String(Date.now() & 0x7fffffff) },
    writes: { type: 'boolean', default: false },
    schema: { type: 'string', multiple: true, default: [...schemaNames] },
  },
})
const seed = positive('seed', values.seed)
const schemas = await Promise.all(values.schema.map(schemaOf))
const calls = Math.ceil(positive('calls', values.calls) / schemas.length)

await using cluster = await startCluster()
process.env.SUBSTRATA_TEST_SERVER = cluster.primary.url
for (const schema of schemas) if (!(await fuzz(schema))) process.exitCode = 1

async function schemaOf(name: string): Promise<WorldSchema> {
  if (name === 'generated') return { folder: await generatedSchema(seed) }
  return schemaNames.find((each) => each === name) ?? fail(`no schema ${name}`)
}

/** Returns false where the clients differ, after printing the smallest call on which they do. */
async function fuzz(schema: WorldSchema): Promise<boolean> {
  const name = typeof schema === 'string' ? schema : `generated ${seed}`
  await using world = await openWorld(schema, { databases: values.writes ? 2 : 1 })
  await fill(world.prisma, world.schema, 12, seed)
  if (values.writes) await fill(world.ours, world.schema, 12, seed)
  const [arbitrary, compare] = values.writes ? [writeCalls, compareWrite] : [readCalls, compareRead]
  const tally = new Tally()
  const startedAt = performance.now()
  const checked = await fc.check(
    fc.asyncProperty(arbitrary(world.schema), async (call) => {
      await compare(world, call, tally)
      if (tally.calls % 1_000 === 0) progress(name, tally, startedAt)
    }),
    { numRuns: calls, seed },
  )
  report(name, tally, startedAt)
  if (!checked.failed) return true
  const { errorInstance, numShrinks } = checked
  console.error(
    `\n${name}: found with --seed ${seed} after ${checked.numRuns} calls, made smaller ${numShrinks} times:`,
  )
  console.error(errorInstance instanceof Difference ? errorInstance.message : errorInstance)
  return false
}

function progress(name: string, { calls: done, direct }: Tally, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1_000
  console.error(
    `${name}: ${done} of ${calls} calls, ${share(direct, done)} direct, ${Math.round(done / seconds)} a second`,
  )
}

function report(name: string, tally: Tally, startedAt: number): void {
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  console.log(
    `\n${name}: ${tally.calls} calls in ${seconds} s, seed ${seed}, ${share(tally.direct, tally.calls)} direct`,
  )
  console.table(
    Object.fromEntries(
      [...tally.operations].map(([operation, each]) => [operation, { ...each, share: share(each.direct, each.calls) }]),
    ),
  )
  for (const [reason, count] of [...tally.reasons].sort(([, a], [, b]) => b - a)) {
    console.log(`${String(count).padStart(7)}  ${reason}`)
  }
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`
}

function positive(name: string, text: string): number {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : fail(`--${name} takes a whole number; got ${text}`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
