import { describe, expect, it } from 'vitest'
import { hasPgBouncer, startPgBouncer } from '../pgbouncer.ts'
import { rounds } from '../rounds.ts'
import { auditor, type Db, fill, openClient, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()

type Tenant = 'north' | 'south'

/** What a caller may ask, and whether the answer is its own. */
const questions: readonly ((db: Db, tenantId: Tenant) => Promise<boolean>)[] = [
  async (db, tenantId) => {
    const rows = await db.$as({ tenantId }).post.findMany()
    return rows.length === 3 && rows.every((row) => row.tenantId === tenantId)
  },
  async (db, tenantId) => (await db.$as({ tenantId }).member.updateMany({ data: { visits: 1 } })).count === 3,
  async (db) => (await db.$as({ userId: 'alice' }).note.findMany()).every(({ ownerId }) => ownerId === 'alice'),
  async (db) => (await db.$as({ role: auditor }).note.count()) === 2,
  async (db) => (await db.$as({}).note.count()) === 0,
  async (db, tenantId) =>
    db.$as({ tenantId }).$transaction(async (tx) => (await tx.post.count()) === 3 && (await tx.member.count()) === 3),
  async (db, tenantId) => {
    const asked = db.$as({ tenantId }).$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM posts`
    return (await asked)[0]?.n === 3
  },
  // Whatever it leaves stays in the pooler's connection: contexts must hold all the same.
  async (db, tenantId) => {
    const raw = db.$as({ tenantId, userId: 'mallory' })
    await raw.$queryRaw`SELECT set_config('app.user_id', 'bob', false), set_config('app.tenant_id', 'south', false)`
    return true
  },
]

describe.runIf(hasPgBouncer)('behind PgBouncer in transaction mode, with fewer connections than callers', () => {
  it.each(['direct', 'prisma'] as const)('everyone has their own rows (%s)', async (queryPath) => {
    await fill(database)
    await using pooler = await startPgBouncer(database.url, { servers: 2 })
    await using db = await openClient({ url: pooler.url, queryPath, config: { maxConnections: 8, lanes: 2 } })
    const wrong: string[] = []
    async function ask(caller: number): Promise<void> {
      for (let i = 0; i < rounds(80, 800); i++) {
        const tenantId = (i + caller) % 2 ? 'north' : 'south'
        const question = (i * 7 + caller * 3) % questions.length
        if (!(await questions[question]!(db, tenantId))) wrong.push(`question ${question} of ${tenantId}`)
      }
    }
    await Promise.all(Array.from({ length: 12 }, (_, caller) => ask(caller)))
    expect(wrong).toEqual([])
  })
})
