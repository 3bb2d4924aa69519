import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { rounds } from '../rounds.ts'
import type { Prisma } from './generated/prisma/client.ts'
import { type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()

async function withDb(body: (db: Db) => Promise<void>): Promise<void> {
  await withClient(database.ownerUrl, (owner) =>
    owner.query(`TRUNCATE parents CASCADE; INSERT INTO parents (id, name) VALUES (1, 'one'), (2, 'two')`),
  )
  await using db = await openClient({ url: database.url })
  await body(db)
}

const patient = { attempts: 1_000, budget: 60_000, isolationLevel: 'Serializable' } as const

describe('$retry', () => {
  it('brings every one of many conflicting transactions home, none of them twice', async () => {
    await withDb(async (db) => {
      const callers = 8
      const each = rounds(10, 100)
      let runs = 0
      await Promise.all(
        Array.from({ length: callers }, async () => {
          for (let i = 0; i < each; i++)
            await db.$retry(async (tx) => {
              runs++
              // Read, think, write: what only the strictest isolation level makes safe.
              const { balance } = await tx.parent.findUniqueOrThrow({ where: { id: 1 } })
              await tx.parent.update({ where: { id: 1 }, data: { balance: balance + 1 } })
            }, patient)
        }),
      )
      expect(await db.parent.findUnique({ where: { id: 1 } })).toMatchObject({ balance: callers * each })
      expect(runs).toBeGreaterThan(callers * each)
    })
  })

  it('a conflict that COMMIT finds is one too', async () => {
    await withDb(async (db) => {
      let arrived = 0
      let meet!: () => void
      const met = new Promise<void>((resolve) => {
        meet = resolve
      })
      // Each reads what the other writes, and both have done all before either commits: write skew.
      const swap = (from: number, to: number) => {
        let runs = 0
        return db.$retry(async (tx) => {
          runs++
          const { balance } = await tx.parent.findUniqueOrThrow({ where: { id: from } })
          await tx.parent.update({ where: { id: to }, data: { balance: balance + 1 } })
          if (++arrived === 2) meet()
          await met
          return runs
        }, patient)
      }
      const runs = await Promise.all([swap(1, 2), swap(2, 1)])
      expect(runs.sort()).toEqual([1, 2])
      // One after the other, the second sees what the first has done.
      const { _sum } = await db.parent.aggregate({ _sum: { balance: true } })
      expect(_sum.balance).toBe(3)
    })
  })

  it('a deadlock is broken and its loser runs again', async () => {
    await withDb(async (db) => {
      let arrived = 0
      let meet!: () => void
      const met = new Promise<void>((resolve) => {
        meet = resolve
      })
      const both = (first: number, second: number) =>
        db.$retry(
          async (tx) => {
            await tx.parent.update({ where: { id: first }, data: { balance: { increment: 1 } } })
            if (++arrived === 2) meet()
            await met
            await tx.parent.update({ where: { id: second }, data: { balance: { increment: 1 } } })
          },
          { timeout: 20_000, attempts: 10, budget: 60_000 },
        )
      await Promise.all([both(1, 2), both(2, 1)])
      expect(await db.parent.findMany({ select: { balance: true } })).toEqual([{ balance: 2 }, { balance: 2 }])
      expect(arrived).toBe(3)
    })
  })

  it('gives up after its attempts, or when its budget is spent, with the conflict', async () => {
    await withDb(async (db) => {
      const failing = (options: { attempts?: number; budget?: number }) => {
        let runs = 0
        const call = db.$retry(async (tx) => {
          runs++
          await tx.parent.create({ data: { id: 3, name: 'raise 40001 again and again', code: '' } })
        }, options)
        return call.catch((error) => [error.code, runs] as const)
      }
      expect(await failing({ attempts: 3 })).toEqual(['P2034', 3])
      expect(await failing({ attempts: 1 })).toEqual(['P2034', 1])
      expect(await failing({ attempts: 1_000, budget: 0 })).toEqual(['P2034', 1])
      const late = (run: (tx: Prisma.TransactionClient, name: string) => PromiseLike<unknown>, name: string) => {
        let runs = 0
        const call = db.$retry(async (tx) => run(tx, `${name} ${++runs}`), { attempts: 3 })
        return call.catch((error) => [error.code, runs] as const)
      }
      const create = (tx: Prisma.TransactionClient, name: string) =>
        tx.parent.create({ data: { id: 3, name, code: '' } })
      expect(await late(create, 'late 40001 found by COMMIT')).toEqual(['P2034', 3])
      const raw = (tx: Prisma.TransactionClient, name: string) =>
        tx.$executeRaw`INSERT INTO parents (id, name) VALUES (3, ${name})`
      // What a raw query says is always P2010.
      expect(await late(raw, 'raise 40P01 in SQL of my own')).toEqual(['P2010', 3])
    })
  })

  it('repeats nothing else: what the body throws, a violation, a connection that broke', async () => {
    await withDb(async (db) => {
      const once = async (body: Parameters<typeof db.$retry>[0]) => {
        let runs = 0
        const failure = await db
          .$retry((tx) => {
            runs++
            return body(tx)
          })
          .catch((error: unknown) => error)
        expect(runs).toBe(1)
        return failure
      }
      const thrown = new Error('of the body')
      expect(await once(() => Promise.reject(thrown))).toBe(thrown)
      expect(await once((tx) => tx.parent.create({ data: { id: 1, name: 'x', code: '' } }))).toMatchObject({
        code: 'P2002',
      })
      const broken = await once((tx) => tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`)
      expect(broken).not.toMatchObject({ code: 'P2034' })
    })
  })

  it('runs in the context of its client', async () => {
    await withDb(async (db) => {
      const [row] = await db
        .$as({ userId: 'ann' })
        .$retry((tx) => tx.$queryRaw<{ who: string }[]>`SELECT seen_by() AS who`)
      expect(row?.who).toBe('ann')
    })
  })
})
