import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditor, type Db, fill, openClient, schema, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()
const missing = { code: 'SUB_CONTEXT_MISSING' }

describe.each(['direct', 'prisma'] as const)('without a context (%s)', (queryPath) => {
  let db: Db
  let statements: string[]
  beforeAll(async () => {
    await fill(database)
    db = await openClient({ url: database.url, queryPath })
    db.$events.on('statement', ({ text }) => statements.push(text))
  })
  beforeEach(() => {
    statements = []
  })
  afterAll(() => db.$close())

  it.each<[string, (db: Db) => PromiseLike<unknown>]>([
    ['findUnique', (tx) => tx.post.findUnique({ where: { id: 1 } })],
    ['findMany', (tx) => tx.post.findMany()],
    ['count', (tx) => tx.post.count()],
    ['aggregate', (tx) => tx.post.aggregate({ _max: { id: true } })],
    ['groupBy', (tx) => tx.post.groupBy({ by: 'tenantId' })],
    ['create', (tx) => tx.note.create({ data: { ownerId: 'x', text: 'x' } })],
    ['createMany', (tx) => tx.note.createMany({ data: { ownerId: 'x', text: 'x' } })],
    ['update', (tx) => tx.note.update({ where: { id: 1 }, data: { text: 'x' } })],
    [
      'upsert',
      (tx) =>
        tx.category.upsert({
          where: { id: 9 },
          create: { id: 9, name: 'x', posts: { connect: { id: 1 } } },
          update: {},
        }),
    ],
    ['delete', (tx) => tx.note.delete({ where: { id: 1 } })],
    ['an include of an unprotected model', (tx) => tx.category.findMany({ include: { posts: true } })],
    ['a nested include', (tx) => tx.category.findMany({ include: { posts: { include: { author: true } } } })],
    ['a select', (tx) => tx.category.findMany({ select: { posts: { select: { id: true } } } })],
    ['a count of relations', (tx) => tx.category.findMany({ select: { _count: true } })],
    ['a count of one relation', (tx) => tx.category.findMany({ include: { _count: { select: { posts: true } } } })],
    ['a filter over a relation', (tx) => tx.category.findMany({ where: { NOT: [{ posts: { some: {} } }] } })],
    ['an order by a relation', (tx) => tx.category.findMany({ orderBy: { posts: { _count: 'asc' } } })],
    ['a nested write', (tx) => tx.category.create({ data: { id: 9, name: 'x', posts: { connect: { id: 1 } } } })],
    ['a fluent relation', (tx) => tx.category.findUnique({ where: { id: 1 } }).posts()],
    ['$queryRaw', (tx) => tx.$queryRaw`SELECT 1`],
    ['$queryRawUnsafe', (tx) => tx.$queryRawUnsafe('SELECT 1')],
    ['$executeRaw', (tx) => tx.$executeRaw`SELECT 1`],
    ['$executeRawUnsafe', (tx) => tx.$executeRawUnsafe('SELECT 1')],
    ['a batch', (tx) => tx.$transaction([tx.post.count()])],
    ['an interactive transaction', (tx) => tx.$transaction((inner) => inner.post.count())],
    ['an extended client', (tx) => tx.$extends({ name: 'x' }).post.count()],
    ['a client with limits', (tx) => tx.$with({ timeout: 1000 }).post.count()],
  ])('%s is refused before any SQL', async (_name, call) => {
    await expect((async () => call(db))()).rejects.toMatchObject(missing)
    expect(statements).toEqual([])
  })

  it('unprotected models need none', async () => {
    expect(await db.category.findMany()).toEqual([{ id: 1, name: 'news' }])
    expect(statements).toHaveLength(1)
  })

  it('a tenant’s model needs the tenant', async () => {
    await expect((async () => db.$as({ userId: 'alice' }).post.count())()).rejects.toMatchObject({
      ...missing,
      details: { model: 'Post', needs: 'tenantId' },
    })
    expect(await db.$as({ userId: 'alice' }).note.findMany()).toEqual([{ id: 1, ownerId: 'alice', text: 'of alice' }])
    expect(await db.$as({}).note.findMany()).toEqual([])
  })

  it('a client that says why needs none, is counted and shown', async () => {
    const reasons: (string | undefined)[] = []
    const stop = db.$events.on('operation', ({ unprotected }) => reasons.push(unprotected))
    const report = db.$unprotected('nightly report')
    expect(await report.$queryRaw`SELECT count(*)::int AS n FROM posts`).toEqual([{ n: 0 }])
    expect(await report.post.count()).toBe(0)
    await db.category.count()
    stop()
    expect(reasons).toEqual(['nightly report', 'nightly report', undefined])
    expect(db.$unprotectedCalls.get('nightly report')).toBe(2)
    for (const reason of ['', ' ', undefined as never])
      expect(() => db.$unprotected(reason)).toThrow(expect.objectContaining({ code: 'SUB_REASON_MISSING' }))
  })

  it('takes roles from the list only', async () => {
    expect(await db.$as({ role: auditor }).note.count()).toBe(2)
    for (const role of ['postgres', 'none ', 'pg_read_all_data', `${auditor}"; DROP TABLE notes; --`])
      expect(() => db.$as({ role })).toThrow(expect.objectContaining({ code: 'SUB_ROLE_NOT_ALLOWED' }))
    expect(await db.$as({ userId: 'bob' }).note.count()).toBe(1)
  })

  it('names model and command of a denied write', async () => {
    const [north, alice] = [db.$as({ tenantId: 'north' }), db.$as({ userId: 'alice' })]
    const denied = (model: string, command: string, operation: string) => ({
      code: 'SUB_POLICY_DENIED',
      details: { model, command, operation },
    })
    await expect(alice.note.create({ data: { ownerId: 'bob', text: 'x' } })).rejects.toMatchObject(
      denied('Note', 'INSERT', 'Note.create'),
    )
    await expect(alice.note.updateMany({ data: { ownerId: 'bob' } })).rejects.toMatchObject(
      denied('Note', 'UPDATE', 'Note.updateMany'),
    )
    await expect(
      north.category.update({
        where: { id: 1 },
        data: { posts: { create: { tenantId: 'south', title: 'x', authorId: 11 } } },
      }),
    ).rejects.toMatchObject({ code: 'SUB_POLICY_DENIED', details: { model: 'Post', command: 'INSERT' } })
    await expect(alice.$executeRaw`INSERT INTO notes (owner_id, text) VALUES ('bob', 'x')`).rejects.toMatchObject({
      code: 'SUB_POLICY_DENIED',
      details: { model: 'Note', command: 'INSERT' },
    })
    await expect(
      alice.$transaction((tx) => tx.note.create({ data: { ownerId: 'bob', text: 'x' } })),
    ).rejects.toMatchObject(denied('Note', 'INSERT', 'Note.create'))
    await expect(
      alice.$transaction([alice.note.create({ data: { ownerId: 'bob', text: 'x' } })]),
    ).rejects.toMatchObject(denied('Note', 'INSERT', 'Note.create'))
  })

  it('says that a policy hides a required relation', async () => {
    const alice = db.$as({ userId: 'alice' })
    const hidden = {
      code: 'SUB_RELATION_HIDDEN',
      details: { model: 'Share', relation: 'note', target: 'Note' },
    }
    expect(await alice.share.count()).toBe(2)
    expect(await alice.share.findUnique({ where: { id: 1 }, include: { note: true } })).toMatchObject({ noteId: 1 })
    await expect(alice.share.findMany({ include: { note: true } })).rejects.toMatchObject(hidden)
    await expect(alice.share.findMany({ select: { note: { select: { id: true } } } })).rejects.toMatchObject(hidden)
    await expect(alice.share.update({ where: { id: 2 }, data: {}, include: { note: true } })).rejects.toMatchObject(
      hidden,
    )
    await expect(
      alice.$transaction((tx) => tx.share.findFirst({ where: { id: 2 }, include: { note: true } })),
    ).rejects.toMatchObject(hidden)
    const of = (id: number) => alice.share.findUnique({ where: { id } })
    await expect(of(2).note()).rejects.toMatchObject(hidden)
    await expect(of(2).note().shares()).resolves.toBeNull()
    await expect(of(2).note({ select: { id: true } })).rejects.toMatchObject(hidden)
    await expect(
      alice.$transaction((tx) => tx.share.findUniqueOrThrow({ where: { id: 2 } }).note()),
    ).rejects.toMatchObject(hidden)
    const unseen = alice.$transaction(async (tx) => {
      const { id } = await tx.share.create({ data: { noteId: 2 } })
      await tx.share.findUnique({ where: { id } }).note()
    })
    await expect(unseen).rejects.toMatchObject(hidden)
    expect(await of(1).note()).toMatchObject({ ownerId: 'alice' })
    expect(await of(99).note()).toBeNull()
  })
})

describe('where the client knows nothing of policies (control)', () => {
  let db: Db
  beforeAll(async () => {
    await fill(database)
    const models = Object.fromEntries(
      Object.entries(schema.models).map(([name, model]) => [name, { ...model, annotations: {} }]),
    )
    db = await openClient({ url: database.url, schema: { ...schema, models: models as typeof schema.models } })
  })
  afterAll(() => db.$close())

  it('a call without a context is sent, and answers as if there were nothing', async () => {
    expect(await db.post.findMany()).toEqual([])
    expect(await db.$queryRaw`SELECT count(*)::int AS n FROM posts`).toEqual([{ n: 0 }])
  })

  it('any role that the connecting one can become is taken', async () => {
    await expect(db.$as({ role: 'postgres' }).category.count()).rejects.not.toMatchObject({
      code: 'SUB_ROLE_NOT_ALLOWED',
    })
    expect(await db.$as({ role: auditor }).note.count()).toBe(2)
  })

  it('a hidden row is null in a type that has none', async () => {
    const alice = db.$as({ userId: 'alice' })
    expect(await alice.share.findUnique({ where: { id: 2 }, include: { note: true } })).toMatchObject({ note: null })
    expect(await alice.share.findUnique({ where: { id: 2 } }).note()).toBeNull()
  })

  it('a denied write names neither model nor command', async () => {
    const denied = db.$as({ userId: 'alice' }).note.create({ data: { ownerId: 'bob', text: 'x' } })
    await expect(denied).rejects.not.toMatchObject({ code: 'SUB_POLICY_DENIED' })
  })
})
