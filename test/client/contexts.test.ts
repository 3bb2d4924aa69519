import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
const paths = ['direct', 'prisma'] as const

describe.each(paths)('contexts of calls made in one tick (%s)', (queryPath) => {
  async function withDb(body: (db: Db) => Promise<void>): Promise<void> {
    await withClient(database.ownerUrl, async (owner) => {
      await owner.query('TRUNCATE author_rows, note_rows, write_log RESTART IDENTITY CASCADE')
      await owner.query(`INSERT INTO author_rows SELECT i, 'author ' || i FROM generate_series(1, 20) i`)
      await owner.query(`INSERT INTO note_rows (author_id, writer) SELECT i, 'setup' FROM generate_series(1, 20) i`)
      await owner.query('TRUNCATE write_log')
    })
    await using db = await openClient({ url: database.url, queryPath })
    await body(db)
  }

  /** Makes a call as three users and as nobody in one tick, and returns what each saw. */
  async function seen<T>(db: Db, call: (db: Db, id: number) => PromiseLike<T>, of: (result: T) => unknown) {
    const users = ['alice', 'bob', undefined, 'carol', 'alice']
    const results = await Promise.all(users.map((userId, i) => call(userId ? db.$as({ userId }) : db, i + 1)))
    return results.map((result) => of(result))
  }

  const everyone = ['alice', 'bob', '', 'carol', 'alice']
  const whom = `SELECT seen_by() AS "seenBy"`

  it.each<[string, (db: Db, id: number) => PromiseLike<{ seenBy: string | null } | null | undefined>]>([
    ['findUnique', (db, id) => db.author.findUnique({ where: { id } })],
    ['findUniqueOrThrow', (db, id) => db.author.findUniqueOrThrow({ where: { id } })],
    ['findUnique of the same row', (db) => db.author.findUnique({ where: { id: 1 } })],
    ['findFirst', (db, id) => db.author.findFirst({ where: { id } })],
    ['findMany', async (db, id) => (await db.author.findMany({ where: { id } }))[0]!],
    [
      'an include',
      async (db, id) => (await db.author.findMany({ where: { id }, include: { notes: true } }))[0]!.notes[0]!,
    ],
    [
      'a relation to one',
      async (db, id) => (await db.note.findFirst({ where: { id }, include: { author: true } }))!.author,
    ],
    ['a fluent relation', async (db, id) => (await db.author.findUnique({ where: { id } }).notes())![0]!],
    ['a fluent relation to one', (db, id) => db.note.findUnique({ where: { id } }).author()],
    ['two fluent relations', async (db, id) => (await db.note.findUnique({ where: { id } }).author().notes())![0]!],
    [
      'aggregate',
      async (db, id) => ({
        seenBy: (await db.author.aggregate({ where: { id }, _max: { seenBy: true } }))._max.seenBy,
      }),
    ],
    ['groupBy', async (db, id) => (await db.author.groupBy({ by: 'seenBy', where: { id } }))[0]!],
    ['$queryRaw', async (db) => (await db.$queryRawUnsafe<{ seenBy: string }[]>(whom))[0]!],
    ['a batch of one', async (db, id) => (await db.$transaction([db.author.findUnique({ where: { id } })]))[0]],
    [
      'a batch',
      async (db, id) => (await db.$transaction([db.author.count(), db.author.findFirst({ where: { id } })]))[1],
    ],
    [
      'a batch of raw queries',
      async (db) => (await db.$transaction([db.$queryRawUnsafe<{ seenBy: string }[]>(whom)]))[0][0],
    ],
    ['an interactive transaction', (db, id) => db.$transaction((tx) => tx.author.findUnique({ where: { id } }))],
    [
      'two reads of a transaction in one tick',
      (db, id) =>
        db.$transaction(async (tx) => {
          const rows = await Promise.all([
            tx.author.findUnique({ where: { id } }),
            tx.author.findUnique({ where: { id: id + 1 } }),
          ])
          expect(rows[1]?.seenBy).toBe(rows[0]?.seenBy)
          return rows[0]
        }),
    ],
    [
      'raw queries of a transaction',
      (db) => db.$transaction(async (tx) => (await tx.$queryRawUnsafe<{ seenBy: string }[]>(whom))[0]!),
    ],
    [
      'a nested transaction',
      (db, id) => db.$transaction((tx) => tx.$transaction((inner) => inner.author.findFirst({ where: { id } }))),
    ],
    ['a retried transaction', (db, id) => db.$retry((tx) => tx.author.findFirst({ where: { id } }))],
    [
      'an extended client',
      (db, id) =>
        db
          .$extends({ query: { $allOperations: ({ args, query }) => query(args) } })
          .author.findUnique({ where: { id } }),
    ],
    ['a client with limits', (db, id) => db.$with({ timeout: 10_000 }).author.findFirst({ where: { id } })],
    ['create', (db, id) => db.author.create({ data: { id: 100 + id, name: `new ${id}` } })],
    [
      'createManyAndReturn',
      async (db, id) => (await db.author.createManyAndReturn({ data: [{ id: 100 + id, name: `new ${id}` }] }))[0]!,
    ],
    ['update', (db, id) => db.author.update({ where: { id }, data: { score: 1 } })],
    [
      'updateManyAndReturn',
      async (db, id) => (await db.author.updateManyAndReturn({ where: { id }, data: { score: 1 } }))[0]!,
    ],
    [
      'upsert of a row that is there',
      (db, id) => db.author.upsert({ where: { id }, update: { score: 1 }, create: { id, name: '' } }),
    ],
    [
      'upsert of a new row',
      (db, id) =>
        db.author.upsert({ where: { id: 100 + id }, update: {}, create: { id: 100 + id, name: `new ${id}` } }),
    ],
    ['delete', (db, id) => db.note.delete({ where: { id } })],
    [
      'a nested write',
      (db, id) => db.author.create({ data: { id: 100 + id, name: `new ${id}`, notes: { create: { writer: 'x' } } } }),
    ],
  ])('%s', async (_name, call) => {
    await withDb(async (db) => {
      expect(await seen(db, call, (row) => row?.seenBy)).toEqual(everyone)
    })
  })

  it.each<[string, (db: Db, writer: string, id: number) => PromiseLike<unknown>]>([
    ['create', (db, writer, authorId) => db.note.create({ data: { authorId, writer } })],
    [
      'createMany',
      (db, writer, authorId) =>
        db.note.createMany({
          data: [
            { authorId, writer },
            { authorId, writer },
          ],
        }),
    ],
    ['update', (db, writer, id) => db.note.update({ where: { id }, data: { writer } })],
    ['updateMany', (db, writer, id) => db.note.updateMany({ where: { id }, data: { writer } })],
    [
      'upsert',
      (db, writer, id) => db.note.upsert({ where: { id }, create: { authorId: id, writer }, update: { writer } }),
    ],
    [
      'a nested write',
      (db, writer, id) => db.author.update({ where: { id }, data: { notes: { create: { writer } } } }),
    ],
    [
      '$executeRaw',
      (db, writer, id) => db.$executeRaw`INSERT INTO notes (author_id, writer) VALUES (${id}, ${writer})`,
    ],
    [
      'a batch',
      (db, writer, authorId) =>
        db.$transaction([
          db.note.create({ data: { authorId, writer } }),
          db.note.updateMany({ where: { writer }, data: { writer } }),
        ]),
    ],
    [
      'a transaction',
      (db, writer, authorId) =>
        db.$transaction(async (tx) => {
          await tx.author.findFirst()
          await tx.note.create({ data: { authorId, writer } })
          await tx.$executeRaw`INSERT INTO notes (author_id, writer) VALUES (${authorId}, ${writer})`
        }),
    ],
  ])('writes: %s', async (_name, call) => {
    await withDb(async (db) => {
      await Promise.all(
        ['alice', 'bob', undefined, 'carol'].map((userId, i) =>
          call(userId ? db.$as({ userId }) : db, userId ?? '', i + 1),
        ),
      )
      await withClient(database.ownerUrl, async (owner) => {
        const { rows } = await owner.query('SELECT DISTINCT believed, seen FROM write_log ORDER BY 1')
        expect(rows).toEqual(['', 'alice', 'bob', 'carol'].map((who) => ({ believed: who, seen: who })))
      })
    })
  })

  it('refuses a batch of two contexts, or of a call from elsewhere', async () => {
    await withDb(async (db) => {
      const [alice, bob] = [db.$as({ userId: 'alice' }), db.$as({ userId: 'bob' })]
      const mixed: [Db, PromiseLike<unknown>][] = [
        [alice, bob.author.findFirst()],
        [alice, db.author.findFirst()],
        [db, alice.author.findFirst()],
        [db, alice.$queryRaw`SELECT 1`],
      ]
      for (const [client, call] of mixed) {
        const batch = [client.author.count(), call] as never
        await expect(client.$transaction(batch)).rejects.toMatchObject({ code: 'SUB_CONTEXT_MIXED' })
      }
      const same = await alice.$transaction([alice.author.count(), db.$as({ userId: 'alice' }).author.findFirst()])
      expect(same[1]?.seenBy).toBe('alice')
    })
  })

  it('runs a batch as one transaction, also of calls from several clients of one context', async () => {
    await withDb(async (db) => {
      const [one, two] = [db.$as({ userId: 'alice' }), db.$as({ userId: 'alice' })]
      const clients = [one, two, one.$extends({}), one.$with({ timeout: 10_000 })]
      for (const first of clients)
        for (const second of clients) {
          const batch = [first.author.updateMany({ data: { score: 77 } }), second.$queryRaw`SELECT 1 / 0`]
          await expect(one.$transaction(batch as never)).rejects.toThrow('division by zero')
        }
      expect(await one.author.count({ where: { score: 77 } })).toBe(0)
    })
  })
})
