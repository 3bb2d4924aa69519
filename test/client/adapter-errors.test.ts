import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { sample } from '../rounds.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { Prisma } from './generated/prisma/client.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { type Db, openClient, openStock, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
let stock: PrismaClient
let clients: readonly Db[]

beforeAll(async () => {
  stock = openStock(database.url)
  clients = [await openClient({ url: database.url, queryPath: 'prisma' }), await openClient({ url: database.url })]
})
afterAll(() => Promise.all([stock.$disconnect(), ...clients.map((client) => client.$close())]))

const reset = () =>
  withClient(database.ownerUrl, async (owner) => {
    await owner.query(`
      TRUNCATE parents, children, author_rows, note_rows, write_log, shorts RESTART IDENTITY CASCADE;
      INSERT INTO parents (id, name) VALUES (1, 'one'), (2, 'two');
      INSERT INTO children VALUES (1, 1, 1);
      INSERT INTO author_rows VALUES (1, 'one', 0)`)
  })
beforeEach(reset)

/** The same call on Prisma's adapter, on ours, and past Prisma's runtime, each from the same start: the same outcomes. */
async function expectSame(call: (client: PrismaClient) => PromiseLike<unknown>): Promise<Outcome> {
  const expected = await outcomeOf(() => call(stock))
  for (const client of clients) {
    await reset()
    expect(await outcomeOf(() => call(client))).toEqual(expected)
  }
  return expected
}

const rejected = (code: string | undefined) => ({ error: expect.objectContaining({ code }) })

describe('violations', () => {
  it.each<[string, string | undefined, (client: PrismaClient) => PromiseLike<unknown>]>([
    ['a unique key', 'P2002', (client) => client.parent.create({ data: { id: 3, name: 'one', code: '' } })],
    ['a primary key', 'P2002', (client) => client.parent.createMany({ data: [{ id: 1, name: 'x', code: '' }] })],
    ['a unique key, on update', 'P2002', (client) => client.parent.update({ where: { id: 2 }, data: { name: 'one' } })],
    ['a unique key through a view', 'P2002', (client) => client.author.create({ data: { id: 2, name: 'one' } })],
    ['a foreign key', 'P2003', (client) => client.child.create({ data: { id: 9, parentId: 99 } })],
    ['RESTRICT', 'P2003', (client) => client.parent.delete({ where: { id: 1 } })],
    ['a check', 'P2039', (client) => client.parent.create({ data: { id: 3, name: 'x', code: '', positive: 0 } })],
    ['a length', 'P2000', (client) => client.parent.create({ data: { id: 3, name: 'x', code: 'abcde' } })],
    [
      'a range',
      'P2020',
      (client) =>
        client.parent
          .update({
            where: { id: 1 },
            data: {
              balance: { increment: 2_147_483_647 },
              positive: { multiply: 2_147_483_647 },
              version: { increment: 1 },
              code: { set: '' },
            },
          })
          .then(() => client.parent.update({ where: { id: 1 }, data: { balance: { increment: 1 } } })),
    ],
    ['a table that is not there', 'P2021', (client) => client.missing.findMany()],
    ['a table that is not there, counted', 'P2021', (client) => client.missing.count()],
    ['a column that is not there', 'P2022', (client) => client.short.findFirst({ where: { absent: 1 } })],
    ['no row to update', 'P2025', (client) => client.parent.update({ where: { id: 99 }, data: { balance: 1 } })],
    ['no row to delete', 'P2025', (client) => client.parent.delete({ where: { id: 99 } })],
    ['findUniqueOrThrow', 'P2025', (client) => client.parent.findUniqueOrThrow({ where: { id: 99 } })],
    ['findFirstOrThrow', 'P2025', (client) => client.parent.findFirstOrThrow({ where: { name: 'nobody' } })],
    ['a fluent relation of nothing', undefined, (client) => client.parent.findUnique({ where: { id: 99 } }).children()],
    [
      'a nested write',
      'P2002',
      (client) => client.parent.create({ data: { id: 3, name: 'x', code: '', children: { create: { id: 1 } } } }),
    ],
    ['an argument that is no number', undefined, (client) => client.parent.findFirst({ where: { id: 'x' as never } })],
    ['an argument that is not known', undefined, (client) => client.parent.findFirst({ wher: {} } as never)],
    ['a number out of range', 'P2020', (client) => client.parent.findFirst({ where: { id: 2 ** 40 } })],
  ])('%s', async (_name, code, call) => {
    const { error } = await expectSame(call)
    expect(error?.code).toBe(code)
  })

  const states = [
    '22001',
    '22003',
    '22P02',
    '23505',
    '23502',
    '23503',
    '23001',
    '23514',
    '3D000',
    '28000',
    '28P01',
    '40001',
    '40P01',
    '42P01',
    '42703',
    '42P04',
    '42501',
    '53300',
    '57014',
    '57P03',
    '08006',
    'P0001',
    'XX000',
  ]
  const messages = [
    'relation "public.absent" does not exist',
    'column "a b" does not exist',
    'column t0.absent does not exist',
    'no pg_hba.conf entry for host "h", user "u", database "d", no encryption',
    'password authentication failed for user "somebody"',
    'database "absent" does not exist',
    'plain words',
  ]
  it.each(sample(states, 12))('SQLSTATE %s', async (state) => {
    for (const message of messages) {
      const name = `raise ${state} ${message}`
      const ofCall = await expectSame((client) => client.parent.create({ data: { id: 3, name, code: '' } }))
      const ofRaw = await expectSame((client) => client.$executeRaw`INSERT INTO parents (id, name) VALUES (3, ${name})`)
      const inTransaction = await expectSame((client) =>
        client.$transaction((tx) => tx.parent.create({ data: { id: 3, name, code: '' } })),
      )
      expect(ofCall).toEqual(rejected(expect.stringMatching(/^P\d{4}$/)))
      expect(inTransaction).toEqual(ofCall)
      expect(ofRaw).toEqual(rejected('P2010'))
    }
  })
})

describe('raw queries', () => {
  it.each<[string, (client: PrismaClient) => PromiseLike<unknown>]>([
    ['$queryRaw', (client) => client.$queryRaw`SELECT id, name FROM parents WHERE id = ${1}`],
    ['$queryRaw of no columns', (client) => client.$queryRaw`SELECT`],
    ['$queryRaw of no rows', (client) => client.$queryRaw`SELECT 1 AS x WHERE false`],
    ['$queryRaw of columns of one name', (client) => client.$queryRaw`SELECT 1 AS x, 2 AS x`],
    ['$queryRaw that writes', (client) => client.$queryRaw`UPDATE parents SET balance = 5 RETURNING id, balance`],
    ['$queryRaw of a command', (client) => client.$queryRaw`SET LOCAL work_mem = '1MB'`],
    [
      'Prisma.sql and join',
      (client) => client.$queryRaw(Prisma.sql`SELECT id FROM parents WHERE id IN (${Prisma.join([1, 2])}) ORDER BY 1`),
    ],
    ['Prisma.raw and empty', (client) => client.$queryRaw`SELECT ${Prisma.raw('1')} AS x ${Prisma.empty}`],
    ['$queryRawUnsafe', (client) => client.$queryRawUnsafe('SELECT $1::int + $2::int AS sum', 1, 2)],
    ['$executeRaw', (client) => client.$executeRaw`UPDATE parents SET balance = ${5}`],
    ['$executeRawUnsafe', (client) => client.$executeRawUnsafe('DELETE FROM children WHERE id = $1', 1)],
    ['$executeRaw of a command', (client) => client.$executeRaw`CREATE TEMPORARY TABLE t (x int)`],
    ['$executeRaw of a SELECT', (client) => client.$executeRaw`SELECT * FROM parents`],
    ['a syntax error', (client) => client.$queryRaw`SELEC 1`],
    ['division by zero', (client) => client.$queryRaw`SELECT 1 / ${0}::int`],
    ['a parameter of no type', (client) => client.$queryRaw`SELECT pg_typeof(${'x'})::text AS type`],
    ['no permission', (client) => client.$queryRaw`SELECT * FROM pg_authid`],
    ['no template', (client) => client.$queryRaw('SELECT 1' as never)],
    ['many rows', (client) => client.$queryRaw`SELECT i, repeat('x', 100) AS t FROM generate_series(1, 5000) i`],
    ['types without a name', (client) => client.$queryRaw`SELECT '(1,2)'::point AS p`],
    ['an interval', (client) => client.$queryRaw`SELECT '1 day'::interval AS i`],
    ['a range', (client) => client.$queryRaw`SELECT int4range(1, 2) AS r`],
    ['records', (client) => client.$queryRaw`SELECT row(1, 'a') AS r`],
    [
      'catalogue types',
      (client) =>
        client.$queryRaw`SELECT 'a'::name AS n, 1::oid AS o, 'parents'::regclass::text AS c, '{a,b}'::name[] AS ns`,
    ],
    ['void', (client) => client.$queryRaw`SELECT pg_advisory_xact_lock(1)`],
    [
      'a batch',
      (client) =>
        client.$transaction([client.$queryRaw`SELECT 1 AS x`, client.$executeRaw`UPDATE parents SET balance = 1`]),
    ],
    [
      'a batch that fails',
      (client) =>
        client.$transaction([client.$executeRaw`UPDATE parents SET balance = 7`, client.$queryRaw`SELECT 1 / 0`]),
    ],
  ])('%s', async (_name, call) => {
    await expectSame(async (client) => [await call(client), await client.parent.findMany({ orderBy: { id: 'asc' } })])
  })
})

describe('transactions', () => {
  const balances = (client: Pick<PrismaClient, 'parent'>) =>
    client.parent.findMany({ select: { id: true, balance: true }, orderBy: { id: 'asc' } })

  it.each(['ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable'] as const)(
    '%s',
    async (isolationLevel) => {
      const show = (client: Prisma.TransactionClient) =>
        client.$queryRaw`SELECT current_setting('transaction_isolation') AS level`
      const { value } = await expectSame((client) => client.$transaction((tx) => show(tx), { isolationLevel }))
      expect(value).toEqual([{ level: isolationLevel.replace(/(?<=.)[A-Z]/, ' $&').toLowerCase() }])
      await expectSame((client) =>
        client.$transaction([client.$queryRaw`SELECT current_setting('transaction_isolation')`], { isolationLevel }),
      )
    },
  )

  it('an isolation level that does not exist', async () => {
    await expectSame((client) => client.$transaction(() => Promise.resolve(1), { isolationLevel: 'Chaos' as never }))
    await expectSame((client) => client.$transaction(() => Promise.resolve(1), { isolationLevel: 'Snapshot' as never }))
  })

  it('what the body throws rolls back and reaches the caller', async () => {
    await expectSame(async (client) => {
      const thrown = new Error('thrown by the body')
      const call = client.$transaction(async (tx) => {
        await tx.parent.update({ where: { id: 1 }, data: { balance: 5 } })
        throw thrown
      })
      expect(await call.catch((error: unknown) => error)).toBe(thrown)
      return balances(client)
    })
  })

  it('a nested transaction rolls back alone', async () => {
    const { value } = await expectSame(async (client) => {
      await client.$transaction(async (tx) => {
        await tx.parent.update({ where: { id: 1 }, data: { balance: 1 } })
        await tx.$transaction(async (inner) => {
          await inner.parent.update({ where: { id: 2 }, data: { balance: 2 } })
          await inner.$transaction((innermost) =>
            innermost.parent.update({ where: { id: 2 }, data: { balance: { increment: 1 } } }),
          )
        })
        const failed = tx.$transaction(async (inner) => {
          await inner.parent.updateMany({ data: { balance: 99 } })
          await inner.parent.create({ data: { id: 1, name: 'one', code: '' } })
        })
        expect(await failed.catch((error) => error.code)).toBe('P2002')
        await tx.parent.update({ where: { id: 1 }, data: { balance: { increment: 10 } } })
      })
      return balances(client)
    })
    expect(value).toEqual([
      { id: 1, balance: 11 },
      { id: 2, balance: 3 },
    ])
  })

  it('two nested transactions at once are refused', async () => {
    await expectSame((client) =>
      client.$transaction((tx) =>
        Promise.all([
          tx.$transaction((inner) => inner.parent.count()),
          tx.$transaction((inner) => inner.parent.count()),
        ]),
      ),
    )
  })

  it('a batch is one transaction', async () => {
    const { value } = await expectSame(async (client) => {
      const batch = client.$transaction([
        client.parent.update({ where: { id: 1 }, data: { balance: 5 } }),
        client.parent.findUnique({ where: { id: 1 } }),
        client.parent.create({ data: { id: 1, name: 'again', code: '' } }),
        client.parent.update({ where: { id: 2 }, data: { balance: 5 } }),
      ])
      return [await outcomeOf(() => batch), await balances(client)]
    })
    expect(value).toMatchObject([rejected('P2002'), [{ balance: 0 }, { balance: 0 }]])
    await expectSame((client) =>
      client.$transaction([
        client.parent.findUnique({ where: { id: 1 } }),
        client.parent.findUnique({ where: { id: 2 } }),
        client.parent.findUniqueOrThrow({ where: { id: 3 } }),
      ]),
    )
    await expectSame((client) => client.$transaction([]))
    await expectSame((client) => client.$transaction([Promise.resolve(1)] as never))
  })

  it('a transaction that takes too long is rolled back', async () => {
    await expectSame(async (client) => {
      const late = client.$transaction(
        async (tx) => {
          await tx.parent.update({ where: { id: 1 }, data: { balance: 5 } })
          // Until Prisma has ended it.
          for (;;) await tx.parent.count()
        },
        { timeout: 50 },
      )
      const { error } = await outcomeOf(() => late)
      return [error?.code, error?.name, await balances(client)]
    })
  })

  it.each<[string, (tx: Prisma.TransactionClient) => Promise<unknown>]>([
    ['a raw query', (tx) => tx.$queryRaw`SELECT pg_sleep(60)::text`],
    ['a write that waits for a lock', (tx) => tx.parent.update({ where: { id: 1 }, data: { balance: 5 } })],
    ['a read', (tx) => tx.parent.findFirst()],
    ['two reads in one tick', (tx) => Promise.all([1, 2].map((id) => tx.parent.findUnique({ where: { id } })))],
  ])(
    '%s that is under way when its transaction expires is stopped, and told so as Prisma does',
    async (_name, work) => {
      await withClient(database.ownerUrl, async (owner) => {
        await owner.query('BEGIN; LOCK TABLE parents')
        for (const client of clients) {
          const { error } = await outcomeOf(() => client.$transaction(work, { timeout: 100 }))
          expect(error).toMatchObject({ name: 'PrismaClientKnownRequestError', code: 'P2028' })
          expect(error?.message).toMatch(/expired transaction. The timeout for this transaction was 100 ms/)
        }
      })
      expect(await balances(clients[0]!)).toMatchObject([{ balance: 0 }, { balance: 0 }])
    },
  )

  it('a transaction is over when its body has returned', async () => {
    await expectSame(async (client) => {
      let kept: Prisma.TransactionClient | undefined
      await client.$transaction(async (tx) => {
        kept = tx
      })
      return kept!.parent.count()
    })
    await expectSame(async (client) => {
      let kept: Prisma.TransactionClient | undefined
      await client
        .$transaction(async (tx) => {
          kept = tx
          throw new Error('rolled back')
        })
        .catch(() => {})
      return kept!.$queryRaw`SELECT 1`
    })
  })

  it('no connection within maxWait', async () => {
    await expectSame(async (client) => {
      let release!: () => void
      const released = new Promise<void>((resolve) => {
        release = resolve
      })
      const holders = Array.from({ length: 10 }, () =>
        client.$transaction((tx) => tx.$queryRaw`SELECT 1`.then(() => released)),
      )
      const { error } = await outcomeOf(() => client.$transaction((tx) => tx.parent.count(), { maxWait: 200 }))
      release()
      await Promise.all(holders)
      return { error, after: await client.$transaction((tx) => tx.parent.count()) }
    })
  })

  it('a constraint that is checked by COMMIT', async () => {
    await expectSame(async (client) => {
      const call = client.$transaction(async (tx) => {
        await tx.parent.update({ where: { id: 1 }, data: { balance: 5 } })
        await tx.$executeRaw`INSERT INTO children VALUES (2, 1, 1)`
      })
      const { error } = await outcomeOf(() => call)
      return [error?.name, error?.code, await balances(client)]
    })
    await expectSame((client) => client.child.create({ data: { id: 2, parentId: 1, late: 1 } }))
  })

  it.each(['40001', '40P01'])(
    'a conflict (%s) that COMMIT finds is P2034, however the transaction is written',
    async (state) => {
      const data = { id: 3, name: `late ${state} conflict`, code: '' }
      const ofCall = await expectSame((client) => client.parent.create({ data }))
      expect(ofCall).toEqual(rejected('P2034'))
      expect(await expectSame((client) => client.$transaction([client.parent.create({ data })]))).toEqual(ofCall)
      // Prisma throws its adapter's error here, which has no code.
      for (const client of clients) {
        const late = await outcomeOf(() => client.$transaction((tx) => tx.parent.create({ data })))
        expect(late.error).toMatchObject({
          ...ofCall.error,
          meta: { driverAdapterError: { name: 'DriverAdapterError' } },
        })
      }
    },
  )

  it('an error that the body swallows does not become a commit that was none', async () => {
    for (const client of clients) {
      await reset()
      const call = client.$transaction(async (tx) => {
        await tx.parent.update({ where: { id: 1 }, data: { balance: 5 } })
        await tx.parent.create({ data: { id: 1, name: 'one', code: '' } }).catch(() => {})
      })
      await expect(call).rejects.toMatchObject({ code: 'SUB_TRANSACTION_FAILED' })
      expect(await balances(client)).toMatchObject([{ balance: 0 }, { balance: 0 }])
    }
  })
})
