import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { isSubstrataError } from 'substrata'
import { createTestDatabase } from 'substrata/testing'
import { expect, test } from 'vitest'
import { prismaRuntime } from '../../src/client/runtime.ts'
import { identifier } from '../../src/pg/sql.ts'
import { withClient } from '../../src/pg/with-client.ts'
import type { Arguments } from '../../src/query/call.ts'
import { WhereCompiler, type WhereFragment } from '../../src/query/index.ts'
import { loadSchema } from '../../src/schema/index.ts'
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
        { numRuns: rounds(75, 1_500), seed },
      )
    } finally {
      await client.end()
    }
    expect(compared).toBeGreaterThan(rounds(50, 1_000))
  },
)

function fragmentOf(compiler: WhereCompiler, model: ModelMeta, where: Arguments): WhereFragment | undefined {
  try {
    return compiler.compileWhere(model.name, where, { alias: '"mine"', firstParameter: 2 })
  } catch (error) {
    if (isSubstrataError(error, 'SUB_WHERE_INVALID')) return undefined
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

test('filters over columns whose values are not read: money, bits, citext, oid, times with a zone', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'substrata-unreadable-'))
  await using database = await createTestDatabase()
  await withClient(database.adminUrl, (client) =>
    client.query(`CREATE EXTENSION citext;
      CREATE TABLE "Odd" (id int PRIMARY KEY, price money, bits bit(3), name citext, object oid, "time" timetz);
      INSERT INTO "Odd" VALUES (1, 1.5, '101', 'Ann', 7, '10:00+00'), (2, 2.5, '001', 'bob', 8, '11:00+00')`),
  )
  await writeFile(
    join(folder, 'schema.prisma'),
    `datasource db {
       provider = "postgresql"
     }
     model Odd {
       id     Int      @id
       price  Decimal  @db.Money
       bits   String   @db.Bit(3)
       name   String   @db.Citext
       object Int      @db.Oid
       time   DateTime @db.Timetz
     }`,
  )
  const { schema } = loadSchema({ schemaPath: folder })
  await rm(folder, { recursive: true })
  const compiler = new WhereCompiler(schema, await prismaRuntime())
  const idsOf = async (where: Arguments) => {
    const { sql, values } = compiler.compileWhere('Odd', where, { alias: '"o"' })
    const text = `SELECT id FROM "Odd" AS "o" WHERE ${sql} ORDER BY id`
    return withClient(database.adminUrl, async (client) => {
      await client.query("SET TimeZone = 'UTC'")
      return (await client.query<{ id: number }>(text, [...values])).rows.map(({ id }) => id)
    })
  }
  expect(await idsOf({ price: { gt: '2.00' } })).toEqual([2])
  expect(await idsOf({ bits: '101' })).toEqual([1])
  expect(await idsOf({ name: { in: ['ANN', 'x'] } })).toEqual([1])
  expect(await idsOf({ object: { lte: 7 } })).toEqual([1])
  expect(await idsOf({ time: { gte: new Date('1970-01-01T11:00:00Z') } })).toEqual([2])
})

test('a where that Prisma would refuse is refused by the name of its argument, without its value', {
  timeout: 120_000,
}, async () => {
  await using world = await openWorld('relations')
  const compiler = new WhereCompiler(world.schema, await prismaRuntime())
  const refusalOf = (where: Arguments) => {
    try {
      return compiler.compileWhere('Person', where, { alias: '"p"' })
    } catch (error) {
      if (!isSubstrataError(error, 'SUB_WHERE_INVALID')) throw error
      expect(error.message).not.toContain('secret')
      return error.details
    }
  }
  const model = 'Person'
  expect(refusalOf({ nothing: 1 })).toMatchObject({ model, at: 'where.nothing' })
  expect(refusalOf({ id: { like: 1 } })).toMatchObject({ model, at: 'where.id' })
  expect(refusalOf({ AND: [{ id: 1 }, { articles: { some: { title: { contains: 5 } } } }] })).toMatchObject({
    at: 'where.AND.1.articles.some.title',
  })
  expect(refusalOf({ email: 'a', id: { in: [1, 'secret'] } })).toMatchObject({ at: 'where.id.in' })
  expect(refusalOf({ joined: 'secret' })).toMatchObject({ at: 'where.joined' })
  expect(refusalOf('secret' as never)).toMatchObject({ at: 'where' })
})
