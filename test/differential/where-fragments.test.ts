import * as fc from 'fast-check'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { prismaRuntime } from '../../src/client/runtime.ts'
import { identifier } from '../../src/pg/sql.ts'
import type { Arguments } from '../../src/query/call.ts'
import { Uncovered, WhereCompiler, type WhereFragment } from '../../src/query/index.ts'
import type { ModelMeta } from '../../src/schema/model-meta.ts'
import { rounds, seed } from '../rounds.ts'
import { Maker } from './calls.ts'
import { outcomeOf } from './outcome.ts'
import { fill } from './rows.ts'
import { make, openWorld, schemaNames } from './world.ts'

test.each(schemaNames)(
  'a fragment in a statement of one’s own finds what Prisma finds: %s',
  { timeout: 300_000 },
  async (name) => {
    await using world = await openWorld(name)
    await fill(world.prisma, world.schema, 12, 7)
    const compiler = new WhereCompiler(world.schema, await prismaRuntime())
    const client = new Client({ connectionString: world.database.url, options: '-c TimeZone=UTC' })
    await client.connect()
    let compared = 0
    try {
      const wheres = fc
        .constantFrom(...Object.values(world.schema.models))
        .chain((model) => fc.record({ model: fc.constant(model), where: new Maker(world.schema).where(model, 2) }))
      await fc.assert(
        fc.asyncProperty(wheres, async ({ model, where }) => {
          const fragment = fragmentOf(compiler, model, where)
          if (!fragment) return
          const select = Object.fromEntries(keyOf(model).map((field) => [field, true]))
          const call = { model: model.name, operation: 'findMany', args: { where, select } } as const
          const [theirs, own] = await Promise.all([outcomeOf(make(world.prisma, call)), count(client, model, fragment)])
          if ('error' in theirs) expect(own, theirs.error.message).toBeUndefined()
          else expect(own).toBe((theirs.result as unknown[]).length)
          compared++
        }),
        { numRuns: rounds(150, 1_500), seed },
      )
    } finally {
      await client.end()
    }
    expect(compared).toBeGreaterThan(100)
  },
)

function fragmentOf(compiler: WhereCompiler, model: ModelMeta, where: Arguments): WhereFragment | undefined {
  try {
    return compiler.compileWhere(model.name, where, { alias: '"mine"', firstParameter: 2 })
  } catch (error) {
    if (error instanceof Uncovered) return undefined
    throw error
  }
}

/** How many rows a statement finds that has a parameter and a condition of its own; undefined where PostgreSQL refuses. */
async function count(client: Client, model: ModelMeta, { sql, values }: WhereFragment): Promise<number | undefined> {
  const table = model.schema === undefined ? identifier(model.table) : identifier(model.schema, model.table)
  const text = `SELECT count(*)::int AS n FROM ${table} AS "mine" WHERE $1::text = 'own' AND NOT (NOT COALESCE(${sql}, FALSE))`
  try {
    const { rows } = await client.query<{ n: number }>(text, ['own', ...values])
    return rows[0]!.n
  } catch {
    return undefined
  }
}

function keyOf(model: ModelMeta): readonly string[] {
  const uniques = Object.values(model.uniques)
  return (uniques.find((unique) => unique.primary) ?? uniques[0]!).fields
}

test('the number of values in a list makes no other statement', async () => {
  await using world = await openWorld('relations')
  const compiler = new WhereCompiler(world.schema, await prismaRuntime())
  const of = (ids: number[]) =>
    compiler.compileWhere('Person', { id: { in: ids } }, { alias: '"p"', firstParameter: 3 })
  expect(of([1])).toEqual({ sql: '"p"."person_id" = ANY ($3)', values: ['{"1"}'] })
  expect(of([1, 2, 3]).sql).toBe(of([4]).sql)
  expect(compiler.compileWhere('Person', {}, { alias: '"p"' })).toEqual({ sql: 'TRUE', values: [] })
})
