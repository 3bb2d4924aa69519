import { defineConfig, type Substrata, substrata } from 'substrata'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { PrismaClient } from '../attacks/generated/prisma/client.ts'
import { type Schema, schema } from '../attacks/generated/substrata/index.ts'
import { auditor, fill, useProtectedDatabase } from '../attacks/use-attacks.ts'

const database = useProtectedDatabase()
let db: Substrata<PrismaClient, Schema>
const rejected = (call: PromiseLike<unknown>) => expect(Promise.resolve(call)).rejects

beforeAll(async () => {
  db = await substrata(PrismaClient, {
    schema,
    config: defineConfig({ environment: 'test', maxConnections: 4, url: database.url }, {}),
    roles: [auditor],
  })
})
afterAll(() => db.$close())
beforeEach(() => fill(database))

const conflict = ['tenantId', 'email'] as const
const north = (n: number, visits = 7) => ({ tenantId: 'north', email: `m${n}@example.org`, visits })

async function visits(tenantId: string): Promise<number[]> {
  const members = await db.$as({ tenantId }).member.findMany({ orderBy: { id: 'asc' }, select: { visits: true } })
  return members.map(({ visits: each }) => each)
}

describe.each(['values', 'unnest', 'copy'] as const)('under a context, by %s', (strategy) => {
  it('rows of the tenant are written', async () => {
    const told = await db.$as({ tenantId: 'north' }).member.upsertMany({
      ...{ data: [north(1), north(4)], conflict, outcome: 'rows', strategy },
    } as const)
    expect(told.rows.map(({ outcome }) => outcome)).toEqual(['updated', 'inserted'])
    expect(await visits('north')).toEqual([7, 0, 0, 7])
    expect(await visits('south')).toEqual([0, 0, 0])
  })

  it("another tenant's are refused, and nothing is written", async () => {
    const data = [north(1), { tenantId: 'south', email: 'm1@example.org', visits: 9 }]
    const call = db.$as({ tenantId: 'north' }).member.upsertMany({ data, conflict, strategy })
    await rejected(call).toMatchObject({ code: 'SUB_POLICY_DENIED' })
    expect([await visits('north'), await visits('south')]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ])
  })

  it("another tenant's are not there for updateEach and deleteEach", async () => {
    const client = db.$as({ tenantId: 'north' })
    const by = ['tenantId', 'email'] as const
    const data = [north(2), { tenantId: 'south', email: 'm2@example.org', visits: 9 }]
    const updated = await client.member.updateEach({ data, by, outcome: 'rows', strategy })
    expect(updated.rows.map(({ outcome }) => outcome)).toEqual(['updated', 'missing'])
    await client.comment.deleteMany()
    await client.post.deleteMany()
    const keys = data.map(({ tenantId, email }) => ({ tenantId, email }))
    expect(await client.member.deleteEach({ data: keys, by, strategy })).toEqual({ count: 1 })
    expect(await visits('south')).toEqual([0, 0, 0])
  })

  it('an import lands what is of the tenant, and names what is not', async () => {
    const rows = [north(1), { tenantId: 'south', email: 'm1@example.org', visits: 9 }, north(5)]
    const told = await db
      .$as({ tenantId: 'north' })
      .member.importFrom(rows, { conflict, strategy, onBadRow: 'collect' })
    expect(told).toMatchObject({ count: 2, bad: [{ line: 2, reason: 'a policy refuses it', code: '42501' }] })
    expect(await visits('north')).toEqual([7, 0, 0, 7])
    expect(await visits('south')).toEqual([0, 0, 0])
  })
})

it('createMany of several statements is under the policies to its last row', async () => {
  // Where some leave the id to the database they are lists of values, of which there are two.
  const data = Array.from({ length: 20_000 }, (_, i) => ({ ...north(i + 10), ...(i % 2 && { id: 1_000_000 + i }) }))
  const { member } = db.$as({ tenantId: 'north' })
  const foreign = [...data.slice(0, -1), { tenantId: 'south', email: 'm9@example.org' }]
  await rejected(member.createMany({ data: foreign })).toMatchObject({ code: 'SUB_POLICY_DENIED' })
  expect(await member.count()).toBe(3)
  expect(await member.createMany({ data })).toEqual({ count: 20_000 })
  expect(await member.count()).toBe(20_003)
})

it('without a context nothing is sent', async () => {
  await rejected(db.member.upsertMany({ data: [north(1)], conflict })).toMatchObject({ code: 'SUB_CONTEXT_MISSING' })
  await rejected(db.member.importFrom([north(1)])).toMatchObject({ code: 'SUB_CONTEXT_MISSING' })
  const walk = async () => {
    for await (const _ of db.member.inBatches()) throw new Error('a batch')
  }
  await rejected(walk()).toMatchObject({ code: 'SUB_CONTEXT_MISSING' })
})

it('batches hold what the context sees', async () => {
  const seen: unknown[] = []
  for await (const batch of db.$as({ tenantId: 'south' }).member.inBatches({ size: 2, select: { tenantId: true } }))
    seen.push(...batch)
  expect(seen).toEqual(Array(3).fill({ tenantId: 'south' }))
})

it('a role that may make no temporary table imports all the same', async () => {
  await withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ name: string }>('SELECT current_database() AS name')
    await admin.query(`REVOKE TEMPORARY ON DATABASE "${rows[0]!.name}" FROM PUBLIC`)
    await admin.query(`GRANT SELECT, INSERT, UPDATE ON members TO ${auditor}`)
    await admin.query(`GRANT USAGE ON SEQUENCE members_id_seq TO ${auditor}`)
  })
  const client = db.$as({ tenantId: 'north', role: auditor })
  expect(await client.member.importFrom([north(8)], { conflict })).toMatchObject({ count: 1 })
  expect(await visits('north')).toHaveLength(4)
})
