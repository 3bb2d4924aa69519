/** A tenant cannot tell from any answer that it is not alone. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { array, assert, asyncProperty, nat, record, sample } from 'fast-check'
import { defineConfig, type SchemaMeta, type Substrata, substrata } from 'substrata'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateDev } from '../../src/migrate/dev/index.ts'
import { withClient } from '../../src/pg/with-client.ts'
import { rounds } from '../rounds.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { type TenantCall, tenantCalls, tenantIdOf } from './tenant-calls.ts'
import { printSchema, type TenantSchema, tenantSchemas } from './tenant-schema.ts'

const TENANTS = [0, 1, 2, 3, 4]

type Db = Substrata<PrismaClient>
type Delegates = Readonly<Record<string, Readonly<Record<string, (args: object) => Promise<unknown>>>>>

/** A schema with its client, the database that the tenants share, and one for each of them alone. */
interface World extends AsyncDisposable {
  /** The clients of each tenant: on the shared database, and on its own. */
  readonly shared: readonly Db[]
  readonly alone: readonly Db[]
  readonly databases: readonly TestDatabase[]
}

async function createWorld(schema: TenantSchema, queryPath: 'direct' | 'prisma'): Promise<World> {
  const folder = join(import.meta.dirname, 'generated')
  mkdirSync(folder, { recursive: true })
  const directory = mkdtempSync(join(folder, 'tenants-'))
  const schemaPath = join(directory, 'schema.prisma')
  writeFileSync(schemaPath, printSchema(schema))
  const bin = join(import.meta.dirname, '../../bin/substrata.mjs')
  execFileSync(process.execPath, [bin, 'prisma', 'generate', '--no-hints', '--schema', schemaPath], {
    cwd: directory,
    stdio: 'pipe',
  })
  const { PrismaClient } = (await import(join(directory, 'client/client.ts'))) as {
    PrismaClient: new (options: object) => PrismaClient
  }
  const { schema: meta } = (await import(join(directory, 'meta/index.ts'))) as { schema: SchemaMeta }
  const migrations = join(directory, 'migrations')
  await using first = await createTestDatabase()
  await using shadow = await createTestDatabase()
  await migrateDev({
    url: first.ownerUrl,
    shadowUrl: shadow.ownerUrl,
    schemaPath,
    directory: migrations,
    name: async () => 'init',
  })
  const databases = await Promise.all([undefined, ...TENANTS].map(() => createTestDatabase({ migrations })))
  const clients = await Promise.all(
    databases.map(({ url }, i) =>
      substrata(PrismaClient, {
        schema: meta,
        queryPath,
        config: defineConfig({ environment: 'test', url, maxConnections: i === 0 ? 6 : 2 }, {}),
      }),
    ),
  )
  const as = (client: Db, tenant: number) => client.$as({ tenantId: String(tenantIdOf(schema, tenant)) })
  return {
    databases,
    shared: TENANTS.map((tenant) => as(clients[0]!, tenant)),
    alone: TENANTS.map((tenant) => as(clients[tenant + 1]!, tenant)),
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.$close()
      for (const database of databases) await database.drop()
      rmSync(directory, { recursive: true })
    },
  }
}

/** What a call comes to: its answer, or the error's code. */
async function outcome(db: Db, { model, action, args }: TenantCall, tenant: number): Promise<unknown> {
  try {
    const delegates = db as unknown as Delegates
    return { answer: await delegates[model.toLowerCase()]![action]!(args(tenant)) }
  } catch (error) {
    const { code, name } = error as { code?: string; name: string }
    return { error: code ?? name }
  }
}

async function empty({ databases }: World, { models }: TenantSchema): Promise<void> {
  const tables = models.map(({ name }) => `"${name}"`).join(', ')
  await Promise.all(databases.map(({ adminUrl }) => withClient(adminUrl, (admin) => admin.query(`TRUNCATE ${tables}`))))
}

const schemas = sample(tenantSchemas, { seed: 6, numRuns: rounds(1, 5) })

describe.each(schemas.map((schema, i) => [i, schema] as const))('generated schema %i', (number, schema) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(schema, number % 2 === 0 ? 'direct' : 'prisma')
  }, 120_000)
  afterAll(() => world?.[Symbol.asyncDispose]())

  const tick = array(record({ tenant: nat(4), call: tenantCalls(schema) }), { minLength: 5, maxLength: 10 })

  it(
    'answers each of five tenants as if the others were not there',
    async () => {
      const seen = new Set<string>()
      await assert(
        asyncProperty(array(tick, { minLength: 4, maxLength: 12, size: 'max' }), async (ticks) => {
          await empty(world, schema)
          for (const calls of ticks) {
            // The tenants' calls at once, each tenant's in order.
            await Promise.all(
              TENANTS.map(async (tenant) => {
                for (const { call } of calls.filter((each) => each.tenant === tenant)) {
                  const [shared, alone] = [
                    await outcome(world.shared[tenant]!, call, tenant),
                    await outcome(world.alone[tenant]!, call, tenant),
                  ]
                  expect(shared).toEqual(alone)
                  seen.add(
                    typeof shared === 'object' && shared && 'error' in shared ? String(shared.error) : call.action,
                  )
                }
              }),
            )
          }
        }),
        { numRuns: rounds(4, 25), seed: number, endOnFailure: true },
      )
      // The calls must get somewhere, and meet what they may not, or this shows nothing.
      for (const each of ['create', 'findMany', 'P2025', 'SUB_POLICY_DENIED']) expect([...seen]).toContain(each)
    },
    rounds(60_000, 600_000),
  )

  it('would not, without the policies (control)', async () => {
    await empty(world, schema)
    const { name, key } = schema.models[0]!
    const call: TenantCall = { model: name, action: 'count', args: () => ({}) }
    const rows = TENANTS.map((tenant) => ({
      id: key === 'uuid' ? `${tenant}-${name}-0` : 0,
      tenantId: tenantIdOf(schema, tenant),
      ...(schema.models[0]!.code && { code: 'code' }),
    }))
    for (const tenant of TENANTS)
      for (const db of [world.shared[tenant]!, world.alone[tenant]!])
        expect(
          await outcome(db, { model: name, action: 'create', args: () => ({ data: rows[tenant]! }) }, tenant),
        ).toHaveProperty('answer')
    const both = async () => [await outcome(world.shared[0]!, call, 0), await outcome(world.alone[0]!, call, 0)]
    expect(await both()).toEqual([{ answer: 1 }, { answer: 1 }])
    const switched = (state: string) =>
      withClient(world.databases[0]!.ownerUrl, (owner) =>
        owner.query(`ALTER TABLE "${name}" ${state} ROW LEVEL SECURITY`),
      )
    await switched('DISABLE')
    expect(await both()).toEqual([{ answer: 5 }, { answer: 1 }])
    await switched('ENABLE')
  })
})
