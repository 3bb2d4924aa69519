import { PrismaPg } from '@prisma/adapter-pg'
import { defineConfig, substrata } from 'substrata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { Prisma, PrismaClient } from './generated/prisma/client.ts'
import { schema } from './generated/substrata/index.ts'
import { type Db, openClient, openStock, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
let stock: PrismaClient
let db: Db

beforeAll(async () => {
  await withClient(database.ownerUrl, (owner) =>
    owner.query(
      `INSERT INTO author_rows VALUES (1, 'one', 1), (2, 'two', 2); INSERT INTO note_rows VALUES (1, 1, 'x')`,
    ),
  )
  stock = openStock(database.url)
  db = await openClient({ url: database.url })
})
afterAll(() => Promise.all([stock.$disconnect(), db.$close()]))

describe('a call is a promise as Prisma makes them', () => {
  it.each(['findFirst', 'findMany', 'create', 'count'] as const)('%s: its tag, its specification', (action) => {
    const shape = (client: PrismaClient) => {
      const call = (client.author[action] as (args: object) => object)({ where: { id: 1 } })
      const { [Symbol.toStringTag]: tag, spec } = call as { [Symbol.toStringTag]: string; spec: object }
      const kinds = ['then', 'catch', 'finally', 'requestTransaction'].map((name) => typeof Reflect.get(call, name))
      return { tag, spec, kinds, printed: Object.prototype.toString.call(call) }
    }
    expect(shape(db)).toEqual(shape(stock))
  })

  it('nothing runs until somebody waits, and it runs once', async () => {
    const texts: string[] = []
    const stop = db.$events.on('statement', ({ text }) => texts.push(text))
    const calls = [db.author.findFirst(), db.author.deleteMany({ where: { id: -1 } }), db.$queryRaw`SELECT 1`]
    await db.author.count()
    expect(texts).toHaveLength(1)
    const first: PromiseLike<unknown> = calls[0]!
    const [a, b, c] = await Promise.all([first, first, first.then((author) => author)])
    expect(texts).toHaveLength(2)
    expect([b, c]).toEqual([a, a])
    await first
    expect(texts).toHaveLength(2)
    for (const call of calls) await call
    expect(texts).toHaveLength(4)
    stop()
  })

  it('then, catch and finally', async () => {
    expect(await db.author.findFirst({ where: { id: 1 } }).then((author) => author?.name)).toBe('one')
    const failed = () => db.author.findFirstOrThrow({ where: { id: -1 } })
    expect(await failed().catch((error: { code: string }) => error.code)).toBe('P2025')
    expect(await failed().then(undefined, (error: { code: string }) => error.code)).toBe('P2025')
    let settled = 0
    await db.author.findMany().finally(() => settled++)
    await expect(failed().finally(() => settled++)).rejects.toMatchObject({ code: 'P2025' })
    expect(settled).toBe(2)
  })

  it('the same call in a batch, and then alone', async () => {
    const call = db.author.findUnique({ where: { id: 1 } })
    const [author, count] = await db.$transaction([call, db.author.count()])
    expect([author?.name, count]).toEqual(['one', 2])
    expect((await call)?.name).toBe('one')
  })

  it('a fault is a rejection, never thrown by the call', async () => {
    const wrong = { where: { nothing: 1 } } as never
    for (const client of [stock, db]) {
      const call = client.author.findFirst(wrong)
      await expect(call).rejects.toThrow(/Unknown argument `nothing`/)
      await expect(client.$transaction([client.author.findMany(wrong)])).rejects.toThrow(/Unknown argument/)
    }
  })

  it('names the call and its place in an error, as Prisma does', async () => {
    const messageOf = (call: PromiseLike<unknown>) =>
      Promise.resolve(call).catch((error: Error) => error.message.split('\n')[1])
    const messages = await Promise.all(
      [stock, db].map((client) => messageOf(client.author.findUniqueOrThrow({ where: { id: -1 } }))),
    )
    expect(messages[1]).toBe(messages[0])
  })
})

describe('the client looks like one of Prisma', () => {
  it('has its models and methods', () => {
    expect('author' in db && '$queryRaw' in db && '$as' in db).toBe(true)
    expect('nothing' in db).toBe(false)
    expect(Reflect.get(db, 'then')).toBeUndefined()
    expect(Object.keys(stock).filter((key) => !(key in db))).toEqual([])
    expect(db.author.fields.score).toEqual(stock.author.fields.score)
    expect(Object.keys(db.author)).toEqual(expect.arrayContaining(['findFirst', 'findMany']))
    expect(Object.prototype.toString.call(db)).toBe(Object.prototype.toString.call(stock))
  })

  it('takes references to fields', async () => {
    expect(
      await db.author.findMany({ where: { score: { equals: db.author.fields.id } }, select: { id: true } }),
    ).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('$path says where a call goes, without making it', async () => {
    const statements: unknown[] = []
    const stop = db.$events.on('statement', (event) => statements.push(event))
    expect(db.$path(db.author.findMany({ where: { id: 1 } }))).toEqual({ path: 'direct' })
    expect(db.$path(db.$queryRaw`SELECT 1`)).toEqual({ path: 'prisma', reason: 'a raw query' })
    expect(db.$path(db.author.findUnique({ where: { id: 1 } }).notes())).toMatchObject({ path: 'prisma' })
    await db.author.count()
    expect(statements).toHaveLength(1)
    stop()
  })
})

describe("queryPath: 'prisma'", () => {
  const wayOf = (client: Db, call: PromiseLike<unknown>) => client.$path(call)
  const off = { path: 'prisma', reason: 'switched off' }

  it('for a client', async () => {
    await using all = await openClient({ url: database.url, queryPath: 'prisma' })
    expect(wayOf(all, all.author.findMany())).toEqual(off)
    expect(wayOf(all, all.note.count())).toEqual(off)
  })

  it('for a model', async () => {
    await using some = await openClient({ url: database.url, queryPath: { Author: 'prisma' } })
    expect(wayOf(some, some.author.findMany())).toEqual(off)
    expect(wayOf(some, some.note.findMany())).toEqual({ path: 'direct' })
    expect(await some.author.findMany()).toEqual(await db.author.findMany())
    const taken: unknown[] = []
    some.$events.on('operation', ({ model, path }) => taken.push(`${model} ${path}`))
    await some.$transaction(async (tx) => [await tx.author.count(), await tx.note.count()])
    expect(taken).toEqual(expect.arrayContaining(['Author prisma', 'Note direct']))
  })

  it('for a model that is not there', async () => {
    const opening = openClient({ url: database.url, queryPath: { author: 'prisma' } })
    await expect(opening).rejects.toMatchObject({ code: 'SUB_MODEL_UNKNOWN', details: { name: 'author' } })
  })

  it('for a call', async () => {
    const long = db.$with({ queryPath: 'prisma' })
    expect(wayOf(long, long.author.findMany())).toEqual(off)
    expect(await long.author.findMany()).toEqual(await db.author.findMany())
    expect(wayOf(db, db.author.findMany())).toEqual({ path: 'direct' })
  })
})

describe('$extends', () => {
  it('query extensions see every call, in every context and transaction', async () => {
    const seen: string[] = []
    const extended = db.$extends({
      query: {
        $allOperations({ model, operation, args, query }) {
          seen.push(`${model}.${operation}`)
          return query(args)
        },
      },
    })
    await extended.author.findFirst()
    await extended.$as({ userId: 'ann' }).author.findMany()
    await extended.$with({ timeout: 10_000 }).author.count()
    await extended.$transaction((tx) => tx.author.findFirst())
    await extended.$transaction([extended.author.findMany()])
    await extended.$queryRaw`SELECT 1`
    await db.author.findFirst()
    expect(seen).toEqual([
      'Author.findFirst',
      'Author.findMany',
      'Author.count',
      'Author.findFirst',
      'Author.findMany',
      'undefined.$queryRaw',
    ])
  })

  it('a query extension changes arguments and results of covered calls too', async () => {
    const extended = db.$extends({
      query: {
        author: {
          async findMany({ args, query }) {
            return (await query({ ...args, where: { id: 2 } })).map((author) => ({ ...author, name: 'changed' }))
          },
        },
      },
    })
    expect(await extended.author.findMany()).toMatchObject([{ id: 2, name: 'changed' }])
  })

  it('result, model and client extensions, one upon the other', async () => {
    const extended = db
      .$extends({ result: { author: { loud: { needs: { name: true }, compute: ({ name }) => name.toUpperCase() } } } })
      .$extends({
        model: { author: { byName: (name: string) => db.author.findUnique({ where: { name } }) } },
        client: { $answer: () => 42 },
        result: { author: { louder: { needs: { loud: true }, compute: ({ loud }) => `${loud}!` } } },
      })
    const author = await extended.$as({ userId: 'ann' }).author.findFirstOrThrow({ where: { id: 1 } })
    expect([author.loud, author.louder, author.seenBy]).toEqual(['ONE', 'ONE!', 'ann'])
    expect((await extended.author.byName('two'))?.id).toBe(2)
    expect(extended.$answer()).toBe(42)
    expect(await extended.$retry((tx) => tx.author.findFirstOrThrow({ where: { id: 2 } }))).toMatchObject({
      louder: 'TWO!',
    })
    expect(extended.$path(extended.author.findFirst())).toMatchObject({ path: 'prisma' })
  })

  it('an extension that is a function gets the client and gives one', async () => {
    const extended = db.$extends(Prisma.defineExtension((client) => client.$extends({ client: { $made: () => true } })))
    expect(extended.$made()).toBe(true)
    expect((await extended.$as({ userId: 'ann' }).author.findFirst())?.seenBy).toBe('ann')
  })
})

describe('a client that the user makes', () => {
  const config = () => defineConfig({ environment: 'test', url: database.url }, {})

  it('with a global omit', async () => {
    await using made = await substrata(
      ({ adapter }) => new PrismaClient({ adapter, omit: { author: { name: true } } }),
      { schema, config: config() },
    )
    expect(await made.author.findFirst({ where: { id: 1 }, select: { id: true } })).toEqual({ id: 1 })
    expect(Object.keys((await made.author.findFirst())!)).not.toContain('name')
    expect(Object.keys((await made.$as({ userId: 'ann' }).author.findMany())[0]!)).not.toContain('name')
  })

  it('with transaction options of its own', async () => {
    const transactionOptions = { isolationLevel: 'Serializable' } as const
    await using made = await substrata(({ adapter }) => new PrismaClient({ adapter, transactionOptions }), {
      schema,
      config: config(),
    })
    const level = (tx: Prisma.TransactionClient) =>
      tx.$queryRaw`SELECT current_setting('transaction_isolation') AS level`
    expect(await made.$transaction(level)).toEqual([{ level: 'serializable' }])
  })

  it('extended before it was handed over', async () => {
    const seen: string[] = []
    await using made = await substrata(
      ({ adapter }) =>
        new PrismaClient({ adapter }).$extends({
          query: {
            author: {
              findFirst({ args, query }) {
                seen.push('seen')
                return query(args)
              },
            },
          },
          result: { author: { loud: { needs: { name: true }, compute: ({ name }) => name.toUpperCase() } } },
        }),
      { schema, config: config() },
    )
    expect((await made.author.findFirstOrThrow({ where: { id: 1 } })).loud).toBe('ONE')
    expect((await made.$as({ userId: 'ann' }).author.findFirstOrThrow({ where: { id: 1 } })).seenBy).toBe('ann')
    await made.author.findFirst()
    expect(seen).toEqual(['seen'])
  })

  it('on another adapter than ours is refused', async () => {
    const made = substrata(() => new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) }), {
      schema,
      config: config(),
    })
    await expect(made).rejects.toMatchObject({ code: 'SUB_PRISMA_ADAPTER' })
  })

  it('with metadata of another format is refused', async () => {
    const old = { ...schema, format: 0 } as never
    await expect(substrata(PrismaClient, { schema: old, config: config() })).rejects.toMatchObject({
      code: 'SUB_SCHEMA_FORMAT',
    })
  })
})
