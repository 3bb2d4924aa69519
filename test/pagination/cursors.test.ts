import { Client } from 'pg'
import { isSubstrataError } from 'substrata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../client/random.ts'
import { forgedCursor } from '../forged-cursor.ts'
import { seed } from '../rounds.ts'
import { writeItems } from './rows.ts'
import { type Db, openPages, usePagesDatabase } from './use-pages.ts'

const database = usePagesDatabase()
let db: Db
let open: Db

beforeAll(async () => {
  db = await openPages(database.url, { pagination: { cursorKey: 'k'.repeat(32), maxPageSize: 50 } })
  open = await openPages(database.url)
  const owner = new Client(database.ownerUrl)
  await owner.connect()
  await writeItems(
    owner,
    Array.from({ length: 20 }, (_, i) => i + 1),
    createRandom(seed),
  )
  await owner.end()
  const tenants = ['a', 'b'].map((tenantId) => db.$as({ tenantId }))
  for (const [i, tenant] of tenants.entries())
    await tenant.paper.createMany({
      data: Array.from({ length: 6 }, (_, id) => ({ id, tenantId: 'ab'[i]!, title: `of ${'ab'[i]}` })),
    })
})

afterAll(async () => {
  await db.$close()
  await open.$close()
})

const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (isSubstrataError(error) ? error.code : String(error)),
  )

describe('a cursor of another call', () => {
  const query = { where: { flag: true, rank: { gt: 0 } }, orderBy: { at: 'asc' } } as const
  const after = async () => (await db.item.paginate({ first: 1 })).pageInfo.endCursor

  it('is refused: of another order, filter or model', async () => {
    const cursor = await after()
    expect(await codeOf(db.item.paginate({ first: 1, after: cursor }))).toBe('answered')
    const others = [
      db.item.paginate({ ...query, after: cursor }),
      db.item.paginate({ orderBy: { id: 'desc' }, after: cursor }),
      db.item.paginate({ where: { rank: 1 }, after: cursor }),
      db.part.paginate({ after: cursor }),
      db.detail.paginate({ after: cursor }),
      db.$as({ userId: 'u' }).item.paginate({ after: cursor }),
    ]
    for (const other of others) expect(await codeOf(other)).toBe('SUB_CURSOR_MISMATCH')
  })

  it('is the same for a filter that says the same in another order, and for another selection and size', async () => {
    const cursor = (await db.item.paginate({ where: { big: { not: 0n }, AND: [{ id: { gt: 0 } }] }, first: 1 }))
      .pageInfo
    const where = { AND: [{ id: { gt: 0 } }], big: { not: 0n } }
    const page = db.item.paginate({ where, first: 3, after: cursor.endCursor, select: { label: true }, total: 'exact' })
    expect(await codeOf(page)).toBe('answered')
  })

  it('is refused with other values in the filter', async () => {
    const page = (where: object) => db.item.paginate({ where, first: 1 })
    const cursors = [
      { where: { rank: 1 }, other: { rank: 2 } },
      { where: { at: { gt: new Date(1) } }, other: { at: { gt: new Date(2) } } },
      { where: { label: { in: ['a', 'B'] } }, other: { label: { in: ['a', 'b'] } } },
      { where: { price: { lt: '1' } }, other: { price: { lt: 1 } } },
      { where: { raw: Uint8Array.of(0, 255) }, other: { raw: Uint8Array.of(0) } },
      { where: { extra: { equals: { a: 1 } } }, other: { extra: { equals: { a: '1' } } } },
    ]
    for (const { where, other } of cursors) {
      const scoped = await db.item.paginate({ where: { OR: [where, { id: { gt: 0 } }] }, first: 1 })
      const after = scoped.pageInfo.endCursor
      expect(await codeOf(page(where))).toBe('answered')
      const changed = db.item.paginate({ where: { OR: [other, { id: { gt: 0 } }] }, first: 1, after })
      expect(await codeOf(changed), JSON.stringify(where)).toBe('SUB_CURSOR_MISMATCH')
    }
  })

  it("is refused under another tenant's, user's, role's or nobody's context", async () => {
    const a = db.$as({ tenantId: 'a', userId: '1' })
    const { items, pageInfo } = await a.paper.paginate({ first: 2 })
    expect(items.map(({ title }) => title)).toEqual(['of a', 'of a'])
    const after = pageInfo.endCursor
    expect(await codeOf(a.paper.paginate({ first: 2, after }))).toBe('answered')
    const contexts = [
      { tenantId: 'b', userId: '1' },
      { tenantId: 'a', userId: '2' },
      { tenantId: 'a' },
      { tenantId: 'a', userId: '1', claims: { x: 1 } },
    ]
    for (const context of contexts)
      expect(await codeOf(db.$as(context).paper.paginate({ after }))).toBe('SUB_CURSOR_MISMATCH')
    expect(await codeOf(db.paper.paginate({ after }))).toBe('SUB_CONTEXT_MISSING')
  })
})

describe('without a key', () => {
  it('a forged position is one, or an error of the cursor, never one of the database', async () => {
    const orderBy = [{ at: 'asc' }, { size: 'asc' }] as const
    const { pageInfo } = await open.item.paginate({ orderBy: [...orderBy], first: 1 })
    const page = (values: unknown) =>
      codeOf(open.item.paginate({ orderBy: [...orderBy], after: forgedCursor(pageInfo.endCursor, values) }))
    expect(await page(['2026-01-01 00:00:00.0005Z', 'SMALL', '3'])).toBe('answered')
    const wrong = [
      ['yesterday, or so', 'SMALL', '3'],
      ['2026-13-01', 'SMALL', '3'],
      ['2026-01-01', 'HUGE', '3'],
      ['2026-01-01', 'SMALL', '3; DROP TABLE items'],
      ['2026-01-01', 'SMALL', '99999999999999999999'],
      ['2026-01-01', 'SMALL', '3\u0000'],
      ['2026-01-01', 'SMALL'],
      ['2026-01-01', 'SMALL', '3', '4'],
      [null, 'SMALL', '3'],
      [1, 2, 3],
      {},
      null,
    ]
    for (const values of wrong) expect(await page(values), JSON.stringify(values)).toBe('SUB_CURSOR_INVALID')
    expect(await open.item.count()).toBe(20)
  })

  it('a position is no way into what policies hide', async () => {
    const { pageInfo } = await open.$as({ tenantId: 'a' }).paper.paginate({ first: 1 })
    const after = forgedCursor(pageInfo.endCursor, ['b', '0'])
    const { items } = await open.$as({ tenantId: 'a' }).paper.paginate({ first: 10, after })
    expect(items).toEqual([])
  })
})
