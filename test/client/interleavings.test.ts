import { setTimeout as sleep } from 'node:timers/promises'
import { isSubstrataError } from 'substrata'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { rounds } from '../rounds.ts'
import { Prisma } from './generated/prisma/client.ts'
import { createRandom, type Random } from './random.ts'
import { type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
const users = [undefined, undefined, 'ann', 'ben', 'cat', 'dan', 'eve', 'fay']
const AUTHORS = 50
const CALLERS = 24

type Seen = { readonly seenBy: string | null } | null | undefined

/** What a caller does: it answers under whom each of the rows was read. */
type Work = (db: Db, who: string, random: Random) => Promise<readonly Seen[]>

const id = (random: Random) => 1 + random.below(AUTHORS)
const whom = Prisma.sql`SELECT seen_by() AS "seenBy"`
const withNotes = { include: { notes: true } } as const
const nested = (author: { readonly notes: readonly Seen[]; readonly seenBy: string | null } | null) =>
  author ? [author, ...author.notes] : []

const works: readonly Work[] = [
  async (db, _, random) => [await db.author.findUnique({ where: { id: id(random) } })],
  async (db, _, random) => [await db.author.findFirst({ where: { id: id(random) } })],
  async (db, _, random) => nested(await db.author.findUnique({ where: { id: id(random) }, ...withNotes })),
  async (db, _, random) => db.author.findMany({ where: { id: { gt: id(random) } }, take: 3 }),
  async (db, _, random) => Promise.all([1, 2, 3].map(() => db.author.findUnique({ where: { id: id(random) } }))),
  async (db, _, random) => (await db.author.findUnique({ where: { id: id(random) } }).notes()) ?? [],
  async (db, _, random) => [await db.note.findUnique({ where: { id: id(random) } }).author()],
  async (db) => {
    const groups = await db.author.groupBy({ by: 'seenBy' })
    return groups
  },
  async (db) => db.$queryRaw<Seen[]>(whom),
  async (db) => (await db.$transaction([db.$queryRaw<Seen[]>(whom), db.author.count()]))[0],
  async (db, _, random) =>
    db.$transaction([
      db.author.findUnique({ where: { id: id(random) } }),
      db.author.findFirst({ where: { id: id(random) } }),
      db.author.findUnique({ where: { id: id(random) } }),
    ]),
  async (db, writer, random) => [await db.note.create({ data: { authorId: id(random), writer } })],
  async (db, writer, random) => [await db.note.update({ where: { id: id(random) }, data: { writer } })],
  async (db, writer, random) => {
    await db.note.updateMany({ where: { authorId: id(random) }, data: { writer } })
    return []
  },
  async (db, writer, random) =>
    nested(
      await db.author.update({ where: { id: id(random) }, data: { notes: { create: { writer } } }, ...withNotes }),
    ),
  async (db, writer, random) => {
    const own = await db.note.create({ data: { authorId: id(random), writer } })
    return [own, await db.note.delete({ where: { id: own.id, writer } })]
  },
  async (db, writer, random) => {
    await db.$executeRaw`INSERT INTO notes (author_id, writer) VALUES (${id(random)}, ${writer})`
    return []
  },
  async (db, writer, random) => {
    const authorId = id(random)
    return db.$transaction([db.note.create({ data: { authorId, writer } }), db.note.findFirst({ where: { authorId } })])
  },
  async (db, writer, random) =>
    db.$transaction(async (tx) => {
      const seen: Seen[] = [await tx.author.findUnique({ where: { id: id(random) } })]
      seen.push(await tx.note.create({ data: { authorId: id(random), writer } }))
      const reads = [
        tx.author.findUnique({ where: { id: id(random) } }),
        tx.author.findFirst({ where: { id: id(random) } }),
      ]
      seen.push(...(await Promise.all(reads)), ...(await tx.$queryRaw<Seen[]>(whom)))
      if (random.chance(0.3)) throw new Error('given up')
      return seen
    }),
  async (db, writer, random) =>
    db.$transaction(async (tx) => {
      const failing = tx.$transaction(async (inner) => {
        await inner.note.create({ data: { authorId: id(random), writer } })
        throw new Error('given up')
      })
      await failing.catch((error: unknown) => {
        if (!(error instanceof Error && error.message === 'given up')) throw error
      })
      const author = await tx.$transaction((inner) => inner.author.findFirst({ where: { id: id(random) } }))
      return [author, await tx.note.create({ data: { authorId: id(random), writer } })]
    }),
  async (db, writer, random) =>
    db.$retry(
      async (tx) => {
        const note = await tx.note.findFirst({ where: { id: id(random) } })
        await tx.note.updateMany({ where: { id: id(random) }, data: { writer } })
        return [note]
      },
      { isolationLevel: 'Serializable', attempts: 3 },
    ),
  // Errors, of which the next user of the connection must see nothing.
  async (db) => db.$queryRaw<Seen[]>`SELECT 1 / 0`,
  async (db, _, random) => [await db.author.create({ data: { id: id(random), name: 'again' } })],
  async (db) => db.$transaction(async (tx) => tx.$queryRaw<Seen[]>`SELECT 1 / 0`),
]

/** What may go wrong when connections break, callers leave and deadlines pass; anything else is a fault. */
function isExpected(error: unknown): boolean {
  if (isSubstrataError(error))
    return [
      'SUB_TIMEOUT',
      'SUB_ABORTED',
      'SUB_CONNECTION_LOST',
      // A backend can be ended while its connection is still being opened.
      'SUB_CONNECT_FAILED',
      'SUB_TRANSACTION_FAILED',
    ].includes(error.code)
  if (!(error instanceof Error)) return false
  if (error.message === 'given up') return true
  const { code, meta } = error as {
    code?: string
    meta?: { driverAdapterError?: { cause?: { originalCode?: string } } }
  }
  const state = meta?.driverAdapterError?.cause?.originalCode ?? ''
  if (code === 'P2010' || code === 'P2039') return ['22012', '57P01', '25P02'].includes(state)
  return ['P2002', 'P2025', 'P2028', 'P2034'].includes(code ?? '')
}

describe.each(['direct', 'prisma'] as const)('%s', (queryPath) => {
  it('no statement runs under a stray context', { timeout: 600_000 }, async () => {
    await withClient(database.adminUrl, async (admin) => {
      await admin.query(`
        TRUNCATE author_rows, note_rows, write_log RESTART IDENTITY CASCADE;
        INSERT INTO author_rows SELECT i, 'author ' || i FROM generate_series(1, ${AUTHORS}) i;
        INSERT INTO note_rows (author_id, writer) SELECT i, 'nobody' FROM generate_series(1, ${AUTHORS}) i;
        TRUNCATE write_log`)
      await using db = await openClient({
        url: database.url,
        queryPath,
        config: { maxConnections: 8, acquireTimeout: 120_000 },
      })
      const random = createRandom()
      const strays: string[] = []
      const unexpected: unknown[] = []
      let left = rounds(1_000, 10_000)
      let rows = 0
      let failures = 0

      async function limited(client: Db): Promise<Db> {
        if (random.chance(0.15)) return client.$with({ timeout: 1 + random.below(20) })
        if (!random.chance(0.15)) return client
        const controller = new AbortController()
        void sleep(random.below(15)).then(() => controller.abort())
        return client.$with({ signal: controller.signal })
      }

      async function call(): Promise<void> {
        const userId = random.pick(users)
        const work = random.pick(works)
        const client = await limited(userId === undefined ? db : db.$as({ userId }))
        try {
          for (const row of await work(client, userId ?? '', random)) {
            if (!row) continue
            rows++
            if (row.seenBy !== (userId ?? ''))
              strays.push(`${userId ?? 'nobody'} read as ${row.seenBy}: ${String(work)}`)
          }
        } catch (error) {
          failures++
          if (!isExpected(error)) unexpected.push({ error, work: String(work) })
        }
      }

      async function terminate(): Promise<void> {
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename <> current_user AND backend_type = 'client backend'
            ORDER BY random() LIMIT 1`,
        )
      }

      await Promise.all(
        Array.from({ length: CALLERS }, async () => {
          while (left-- > 0) {
            if (random.chance(0.02)) await terminate()
            await call()
          }
        }),
      )
      expect(unexpected, `seed ${random.seed}`).toEqual([])
      expect(strays, `seed ${random.seed}`).toEqual([])
      const { rows: written } = await admin.query(
        'SELECT count(*)::int AS all, count(*) FILTER (WHERE believed <> seen)::int AS stray FROM write_log',
      )
      expect(written, `seed ${random.seed}`).toEqual([{ all: expect.any(Number), stray: 0 }])
      // It was a storm, and work was done in it.
      expect(rows).toBeGreaterThan(rounds(500, 5_000))
      expect(failures).toBeGreaterThan(rounds(50, 500))
      expect(written[0].all).toBeGreaterThan(rounds(100, 1_000))
      const after = await Promise.all(Array.from({ length: 50 }, () => db.author.findFirst()))
      expect(after.filter((author) => author?.seenBy !== '')).toEqual([])
    })
  })
})
