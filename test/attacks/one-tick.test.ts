import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import { array, assert, asyncProperty, constantFrom, integer, nat, record } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { full, rounds } from '../rounds.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Db, fill, openClient, tenants, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()

type Tenant = (typeof tenants)[number]
type Reads = Pick<Db, 'post' | 'member' | 'category' | 'comment' | '$queryRaw'>
type Call = (db: Reads, id: number, tenant: Tenant) => PromiseLike<unknown>

/** Calls whose answers name the tenants of all rows that they saw. `id` is of a row of the calling tenant. */
const reads: Readonly<Record<string, Call>> = {
  findUnique: (db, id) => db.post.findUnique({ where: { id } }),
  findUniqueOrThrow: (db, id) => db.post.findUniqueOrThrow({ where: { id } }),
  'findUnique of the other’s row': (db, id) => db.post.findUnique({ where: { id: (id + 10) % 20 } }),
  findFirst: (db) => db.post.findFirst({ orderBy: { id: 'desc' } }),
  findMany: (db) => db.post.findMany(),
  'a page': (db) => db.post.findMany({ orderBy: { id: 'asc' }, skip: 1, take: 2 }),
  aggregate: (db) => db.post.aggregate({ _min: { tenantId: true }, _max: { tenantId: true }, _count: true }),
  groupBy: (db) => db.post.groupBy({ by: 'tenantId', _count: true }),
  'an include': (db) => db.category.findMany({ include: { posts: { include: { author: true, comments: true } } } }),
  'a required relation': (db, id) => db.comment.findUnique({ where: { id }, include: { post: true, author: true } }),
  'a fluent relation': (db, id) => db.post.findUnique({ where: { id } }).author(),
  'two fluent relations': (db, id) => db.post.findUnique({ where: { id } }).author().posts(),
  'a keyset page': (db) => db.post.paginate({ first: 2, orderBy: { title: 'asc' }, include: { author: true } }),
  batches: async (db) => {
    const seen: unknown[] = []
    for await (const rows of db.post.inBatches({ size: 2 })) seen.push(...rows)
    return seen
  },
  raw: (db) => db.$queryRaw`SELECT tenant_id, title FROM posts ORDER BY id`,
}

const writes: Readonly<Record<string, Call>> = {
  update: (db, id) =>
    db.member.update({ where: { id }, data: { visits: { increment: 1 } }, select: { id: true, tenantId: true } }),
  updateMany: (db) => db.member.updateMany({ data: { visits: { increment: 1 } } }),
  updateManyAndReturn: (db) => db.member.updateManyAndReturn({ data: { visits: 1 }, select: { tenantId: true } }),
  upsert: (db, _id, tenantId) =>
    db.member.upsert({
      where: { tenantId_email: { tenantId, email: 'm1@example.org' } },
      update: { visits: { increment: 1 } },
      create: { tenantId, email: 'm1@example.org' },
      select: { id: true, tenantId: true },
    }),
  'create and delete': async (db, id, tenantId) => {
    const made = await db.comment.create({ data: { tenantId, text: tenantId, postId: id, authorId: id } })
    const gone = await db.comment.delete({ where: { id: made.id } })
    return [made.tenantId, gone.text]
  },
  upsertMany: (db, _id, tenantId) =>
    db.member.upsertMany({
      data: [1, 2, 3].map((k) => ({ tenantId, email: `m${k}@example.org`, visits: k })),
      conflict: ['tenantId', 'email'],
      outcome: 'rows',
      returning: ['tenantId'],
    }),
  'updateEach of both’s': async (db) => {
    const data = tenants.map((tenant) => ({ id: idOf(tenant, 1), visits: 1 }))
    const { rows } = await db.member.updateEach({ data, by: ['id'], outcome: 'rows' })
    return tenants.filter((_, i) => rows[i]?.outcome !== 'missing')
  },
  importFrom: (db, _id, tenantId) =>
    db.member.importFrom([{ tenantId, email: 'm1@example.org', visits: 2 }], { conflict: ['tenantId', 'email'] }),
  'a nested write': (db, id, tenantId) =>
    db.post.update({
      where: { id },
      data: {
        comments: {
          upsert: { where: { id }, update: { text: tenantId }, create: { text: '', authorId: id } },
        },
      },
      include: { comments: true },
    }),
}

/** The ways to make a call. */
const forms: Readonly<Record<string, (db: Db, call: Call, id: number, tenant: Tenant) => PromiseLike<unknown>>> = {
  single: (db, call, id, tenant) => call(db, id, tenant),
  batch: (db, call, id, tenant) => db.$transaction([call(db, id, tenant) as never, db.post.findMany()]),
  interactive: (db, call, id, tenant) =>
    db.$transaction(async (tx) => [await tx.post.count(), await call(tx, id, tenant), await call(tx, id, tenant)], {
      maxWait: 20_000,
      timeout: 20_000,
    }),
  extended: (db, call, id, tenant) =>
    call(db.$extends({ query: { $allOperations: ({ args, query }) => query(args) } }) as unknown as Reads, id, tenant),
}

const alone = [...['create and delete', 'a keyset page', 'batches', 'upsertMany', 'updateEach of both’s', 'importFrom']]
const isBatchable = (name: string) => !alone.includes(name)
const other = (tenant: Tenant) => tenants.find((each) => each !== tenant)!
const idOf = (tenant: Tenant, k: number) => tenants.indexOf(tenant) * 10 + k

describe.each(['direct', 'prisma'] as const)('two tenants in one tick (%s)', (queryPath) => {
  let db: Db
  beforeAll(async () => {
    await fill(database)
    db = await openClient({ url: database.url, queryPath })
  })
  afterAll(() => db.$close())

  const cases = Object.keys(forms).flatMap((form) =>
    Object.keys({ ...reads, ...writes })
      .filter((name) => form !== 'batch' || isBatchable(name))
      .map((name) => [form, name] as const),
  )

  // Half of them on each path, and together all.
  it.each(full ? cases : cases.filter((_, i) => i % 2 === (queryPath === 'direct' ? 0 : 1)))(
    '%s %s',
    async (form, name) => {
      const call = { ...reads, ...writes }[name]!
      const turns: Tenant[] = ['north', 'south', 'north', 'south']
      const answers = await Promise.all(
        turns.map((tenant) => forms[form]!(db.$as({ tenantId: tenant }), call, idOf(tenant, 1), tenant)),
      )
      for (const [i, tenant] of turns.entries()) {
        const text = JSON.stringify(answers[i])
        expect(text).not.toContain(other(tenant))
        if (name in reads && !name.includes('other’s')) expect(text).toContain(tenant)
      }
    },
  )

  it('random calls, interleaved at random', async () => {
    const clients = { north: db.$as({ tenantId: 'north' }), south: db.$as({ tenantId: 'south' }) }
    const call = record({
      tenant: constantFrom(...tenants),
      form: constantFrom(...Object.keys(forms)),
      name: constantFrom(...Object.keys({ ...reads, ...writes })),
      k: integer({ min: 1, max: 3 }),
      later: nat(3),
    })
    const perRound = 20
    await assert(
      asyncProperty(array(call, { minLength: perRound, maxLength: perRound }), async (calls) => {
        const answers = await Promise.all(
          calls.map(async ({ tenant, form, name, k, later }) => {
            for (let i = 0; i < later; i++) await Promise.resolve()
            const how = form === 'batch' && !isBatchable(name) ? 'single' : form
            // Two writers of one row may end in a deadlock, which tells nothing of anyone's rows.
            return Promise.resolve(
              forms[how]!(clients[tenant], { ...reads, ...writes }[name]!, idOf(tenant, k), tenant),
            ).catch((error: { code?: string }) => {
              if (error.code !== 'P2034') throw error
            })
          }),
        )
        for (const [i, { tenant }] of calls.entries())
          expect(JSON.stringify(answers[i]) ?? '').not.toContain(other(tenant))
      }),
      { numRuns: rounds(15, 500) },
    )
  }, 600_000)
})

describe('with the context in an AsyncLocalStorage that the adapter reads', () => {
  const current = new AsyncLocalStorage<Tenant>()

  /** Sets the context of whoever it believes to be asking before each query. */
  function recipe(url: string): PrismaClient {
    const factory = new PrismaPg({ connectionString: url, max: 10 })
    const connect = factory.connect.bind(factory)
    factory.connect = async () => {
      const adapter = await connect()
      adapter.queryRaw = async (query) => {
        const tenant = current.getStore() ?? ''
        const tx = await adapter.startTransaction()
        await tx.queryRaw({
          sql: `SELECT set_config('app.tenant_id', $1, true)`,
          args: [tenant],
          argTypes: [{ scalarType: 'string', arity: 'scalar' }],
        })
        const result = await tx.queryRaw(query)
        await tx.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] })
        await tx.commit()
        return result
      }
      return adapter
    }
    return new PrismaClient({ adapter: factory })
  }

  it('the second tenant of a tick asks as the first', async () => {
    await fill(database)
    const db = recipe(database.url)
    const answers = await Promise.all(
      tenants.map((tenant) =>
        current.run(tenant, () =>
          reads.findUnique!(db as Pick<PrismaClient, keyof Reads> as Reads, idOf(tenant, 1), tenant).then((row) => row),
        ),
      ),
    )
    await db.$disconnect()
    expect(answers.map((row) => (row as { tenantId: string } | null)?.tenantId)).not.toEqual(['north', 'south'])
  })
})
