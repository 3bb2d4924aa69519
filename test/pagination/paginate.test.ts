import { Client } from 'pg'
import { isSubstrataError, type WarningEvent } from 'substrata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Db, openPages, usePagesDatabase } from './use-pages.ts'

const database = usePagesDatabase()
let db: Db
let owner: Client

const FILL = `
INSERT INTO items (id, rank, big, price, label, size, at, uid, tags)
SELECT n, CASE WHEN n % 3 > 0 THEN n % 5 END, n, n / 7.0, 'label ' || n % 4, (enum_range(NULL::sizes))[1 + n % 3],
       timestamptz '2026-01-01Z' + n * interval '1 microsecond', md5(n::text)::uuid, ARRAY['a']
  FROM generate_series(1, 60) n;
INSERT INTO details (id, item_id, weight) SELECT n, n, n % 3 FROM generate_series(1, 60, 2) n;
INSERT INTO parts (item_id, place, name) SELECT n, k, n || ' ' || k FROM generate_series(1, 60) n, generate_series(1, 2) k;
ANALYZE items`

beforeAll(async () => {
  db = await openPages(database.url, { pagination: { maxPageSize: 50, countCap: 30 } })
  owner = new Client(database.ownerUrl)
  await owner.connect()
  await owner.query(FILL)
})

afterAll(async () => {
  await db.$close()
  await owner.end()
})

const codeOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (isSubstrataError(error) ? error.code : String(error)),
  )
const ids = (page: { items: { id: number }[] }) => page.items.map(({ id }) => id)

describe('a page', () => {
  it('is one statement, whatever it selects, and has the values that findMany gives', async () => {
    const include = {
      detail: true,
      parts: { where: { place: 1 }, orderBy: { name: 'asc' }, select: { name: true } },
      _count: { select: { parts: true } },
    } as const
    const where = { rank: { gt: 1 }, parts: { some: { place: 2 } } }
    const orderBy = [{ size: 'asc' }, { at: 'desc' }] as const
    const expected = await db.item.findMany({ where, include, orderBy: [...orderBy, { id: 'desc' }], skip: 5, take: 7 })
    const skipped = await db.item.paginate({ where, orderBy: [...orderBy], first: 5 })
    let statements = 0
    const stop = db.$events.on('statement', () => statements++)
    const after = skipped.pageInfo.endCursor
    const page = await db.item.paginate({ where, include, orderBy: [...orderBy], first: 7, after, total: 'exact' })
    stop()
    expect(page.items).toEqual(expected)
    expect(page.total).toEqual({ count: await db.item.count({ where }), kind: 'exact' })
    expect(statements).toBe(1)
  })

  it('has 20 rows where no number is said, in the order of the key where no order is', async () => {
    const page = await db.item.paginate()
    expect(ids(page)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    const parts = await db.part.paginate({ last: 3, select: { itemId: true, place: true } })
    expect(parts.items).toEqual([
      { itemId: 59, place: 2 },
      { itemId: 60, place: 1 },
      { itemId: 60, place: 2 },
    ])
  })

  it('goes on between microseconds that JavaScript does not know', async () => {
    const seen: number[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<typeof next>> = await next(after)
      seen.push(...ids(page))
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
    } while (after !== null)
    expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => 60 - i))
    function next(cursor: string | null) {
      return db.item.paginate({ orderBy: { at: 'desc' }, first: 7, after: cursor, select: { id: true } })
    }
  })

  it('comes as a Relay connection on request, with a cursor on every row', async () => {
    const query = { orderBy: { price: 'desc' }, first: 3, select: { id: true } } as const
    const { edges, pageInfo, total } = await db.item.paginate({ ...query, connection: true, total: 'capped' })
    expect(edges.map(({ node }) => node.id)).toEqual([60, 59, 58])
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges[2]?.cursor])
    expect(total).toEqual({ count: 30, kind: 'capped' })
    expect(ids(await db.item.paginate({ ...query, after: edges[1]!.cursor }))).toEqual([58, 57, 56])
    const { edges: before } = await db.item.paginate({
      orderBy: { price: 'desc' },
      last: 2,
      before: edges[2]!.cursor,
      connection: true,
    })
    expect(before.map(({ cursor }) => cursor)).toEqual([edges[0]?.cursor, edges[1]?.cursor])
  })

  it('is refused beyond the limit of its size, and never cut', async () => {
    for (const first of [51, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(await codeOf(db.item.paginate({ first }))).toBe('SUB_PAGE_SIZE')
    expect(await codeOf(db.item.paginate({ last: 51 }))).toBe('SUB_PAGE_SIZE')
    expect(await codeOf(db.item.paginate({ first: '5' as never }))).toBe('SUB_PAGE_SIZE')
    expect((await db.item.paginate({ first: 50 })).items).toHaveLength(50)
  })

  it('refuses what asks for no page, and says what it cannot order by', async () => {
    const refused: [object, string][] = [
      [{ first: 1, last: 1 }, 'SUB_PAGE_ARGUMENTS'],
      [{ first: 1, before: 'x' }, 'SUB_PAGE_ARGUMENTS'],
      [{ last: 1, after: 'x' }, 'SUB_PAGE_ARGUMENTS'],
      [{ take: 1 }, 'SUB_PAGE_ARGUMENTS'],
      [{ cursor: { id: 1 } }, 'SUB_PAGE_ARGUMENTS'],
      [{ total: 'all' }, 'SUB_PAGE_ARGUMENTS'],
      [{ connection: 'yes' }, 'SUB_PAGE_ARGUMENTS'],
      [{ orderBy: { parts: { _count: 'asc' } } }, 'SUB_PAGE_UNSUPPORTED'],
      [{ orderBy: { tags: 'asc' } }, 'SUB_PAGE_UNSUPPORTED'],
      [{ orderBy: { extra: 'asc' } }, 'SUB_PAGE_UNSUPPORTED'],
      [{ orderBy: { nothing: 'asc' } }, 'SUB_PAGE_UNSUPPORTED'],
      [{ where: { nothing: 1 } }, 'SUB_WHERE_INVALID'],
      [{ where: { rank: 'one' } }, 'SUB_WHERE_INVALID'],
      [{ select: {} }, 'SUB_PAGE_UNSUPPORTED'],
    ]
    for (const [args, code] of refused)
      expect(await codeOf(db.item.paginate(args as never)), JSON.stringify(args)).toBe(code)
    expect(await codeOf(db.label.paginate({ orderBy: { items: 'asc' } }))).toBe('SUB_PAGE_UNSUPPORTED')
    // As GraphQL has arguments that are not there.
    expect(await codeOf(db.item.paginate({ first: 1, after: null, last: null, before: null }))).toBe('answered')
  })
})

describe('the total', () => {
  const totalOf = async (where: object, total: 'exact' | 'estimate' | 'capped') =>
    (await db.item.paginate({ where, total, first: 1, select: { id: true } })).total

  it('names its kind', async () => {
    expect(await totalOf({}, 'exact')).toEqual({ count: 60, kind: 'exact' })
    expect(await totalOf({}, 'capped')).toEqual({ count: 30, kind: 'capped' })
    expect(await totalOf({ id: { lte: 30 } }, 'capped')).toEqual({ count: 30, kind: 'exact' })
    expect(await totalOf({ id: { lt: 0 } }, 'exact')).toEqual({ count: 0, kind: 'exact' })
    expect(await totalOf({}, 'estimate')).toEqual({ count: 60, kind: 'estimate' })
    expect(await db.item.paginate({ first: 1 })).not.toHaveProperty('total')
  })

  it('is estimated for the filter, and of no more than policies show', async () => {
    const estimate = await totalOf({ rank: 1 }, 'estimate')
    expect(estimate?.kind).toBe('estimate')
    expect(estimate?.count).toBeLessThan(30)
    const [a, b] = [db.$as({ tenantId: 'a' }), db.$as({ tenantId: 'b' })]
    for (const [tenant, tenantId] of [
      [a, 'a'],
      [b, 'b'],
    ] as const)
      await tenant.paper.createMany({ data: Array.from({ length: 500 }, (_, id) => ({ id, tenantId, title: '' })) })
    await owner.query('ANALYZE papers')
    const total = async (tenant: typeof a, kind: 'exact' | 'estimate') =>
      (await tenant.paper.paginate({ total: kind })).total.count
    expect([await total(a, 'exact'), await total(b, 'exact')]).toEqual([500, 500])
    expect(await total(b, 'estimate')).toBeLessThan(1000)
  })
})

describe('where it is called', () => {
  it('reads in the transaction that it is called in', async () => {
    const undone = db.$transaction(async (tx) => {
      await tx.part.deleteMany()
      await tx.item.deleteMany({ where: { id: { lt: 58 } } })
      const page = await tx.item.paginate({ first: 2, total: 'estimate' })
      expect(ids(page)).toEqual([58, 59])
      expect(ids(await tx.item.paginate({ first: 2, after: page.pageInfo.endCursor }))).toEqual([60])
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    expect(await db.item.count()).toBe(60)
  })

  it('shows what policies show', async () => {
    const c = db.$as({ tenantId: 'c' })
    await c.paper.createMany({ data: [1, 2, 3].map((id) => ({ id, tenantId: 'c', title: `c ${id}` })) })
    const page = await c.paper.paginate({ orderBy: { score: 'asc' }, first: 2 })
    expect(page.items.map(({ title }) => title)).toEqual(['c 1', 'c 2'])
    const after = page.pageInfo.endCursor
    const rest = await c.$transaction((tx) => tx.paper.paginate({ orderBy: { score: 'asc' }, first: 2, after }))
    expect(rest.items.map(({ title }) => title)).toEqual(['c 3'])
    expect(await codeOf(db.paper.paginate())).toBe('SUB_CONTEXT_MISSING')
  })

  it("passes a client's extensions as findMany does", async () => {
    const seen: unknown[] = []
    const extended = db.$extends({
      result: {
        item: { title: { needs: { label: true, id: true }, compute: ({ label, id }) => `${label} of ${id}` } },
        part: { shout: { needs: { name: true }, compute: ({ name }) => `${name}!` } },
      },
      query: {
        item: {
          findMany({ args, query }) {
            seen.push(args.orderBy)
            return query({ ...args, where: { ...args.where, id: { gt: 10 } } })
          },
        },
      },
    })
    const orderBy = { id: 'asc' } as const
    const page = await extended.item.paginate({ orderBy, first: 2, total: 'exact', include: { parts: true } })
    expect(page.items.map(({ id, title, parts }) => [id, title, parts[0]?.shout])).toEqual([
      [11, 'label 3 of 11', '11 1!'],
      [12, 'label 0 of 12', '12 1!'],
    ])
    expect(page.total.count).toBe(50)
    expect(seen).toEqual([orderBy])
    const select = { title: true, parts: { select: { shout: true } } } as const
    const after = page.pageInfo.endCursor
    const { items } = await extended.item.paginate({ orderBy, first: 1, after, select })
    expect(JSON.parse(JSON.stringify(items))).toEqual([
      { title: 'label 1 of 13', parts: [{ shout: '13 1!' }, { shout: '13 2!' }] },
    ])
    const omitting = await extended.item.paginate({ orderBy, first: 1, omit: { label: true } })
    expect(omitting.items[0]?.title).toBe('label 3 of 11')
    const [found] = await extended.item.findMany({ orderBy, take: 1, omit: { label: true } })
    expect(Object.keys(omitting.items[0]!)).toEqual(Object.keys(found!))
    expect(Object.keys(found!)).not.toContain('label')
    const undone = extended.$transaction(async (tx) => {
      await tx.part.deleteMany({ where: { itemId: 11 } })
      await tx.item.delete({ where: { id: 11 } })
      expect((await tx.item.paginate({ orderBy, first: 1 })).items[0]?.title).toBe('label 0 of 12')
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
  })
})

describe('an extension that answers itself', () => {
  it('is refused, for its rows have no cursors', async () => {
    const few = db.$extends({ query: { item: { findMany: async ({ args, query }) => (await query(args)).slice(1) } } })
    const none = db.$extends({ query: { item: { findMany: async () => [] } } })
    for (const extended of [few, none]) expect(await codeOf(extended.item.paginate())).toBe('SUB_EXTENSION_ROWS')
  })
})

describe('in development', () => {
  it('warns once of an order that no index serves, with the index to add', async () => {
    const dev = await openPages(database.url, { environment: 'development', logging: false })
    const warnings: WarningEvent[] = []
    dev.$events.on('warning', (warning) => warnings.push(warning))
    const indexed = [
      dev.item.paginate({ orderBy: { at: 'desc' } }),
      dev.item.paginate({ orderBy: { rank: { sort: 'desc', nulls: 'last' } } }),
      dev.item.paginate({ orderBy: [{ size: 'desc' }, { at: 'asc' }] }),
      dev.item.paginate({ orderBy: { detail: { weight: 'asc' } } }),
      dev.item.paginate(),
    ]
    await Promise.all(indexed)
    expect(warnings).toEqual([])
    for (let twice = 0; twice < 2; twice++) {
      await dev.item.paginate({
        where: { label: 'label 1', rank: { gt: 0 } },
        orderBy: [{ day: 'asc' }, { score: 'desc' }],
      })
      await dev.item.paginate({ orderBy: { detail: { id: 'asc' } } })
      await dev.item.paginate({ orderBy: [{ big: 'asc' }, { score: { sort: 'asc', nulls: 'first' } }] })
    }
    expect(warnings.map(({ code, details }) => [code, (details as { index: string }).index])).toEqual([
      ['SUB_PAGE_UNINDEXED', '@@index([label, day, score(sort: Desc), id(sort: Desc)]) to Item'],
      ['SUB_PAGE_UNINDEXED', '@@index([big, score, id]) to Item, in SQL, with score NULLS FIRST'],
    ])
    expect(warnings[0]?.message).toContain('every page sorts all rows. Add @@index([label, day')
    await dev.$close()
  })

  it('says nothing elsewhere', async () => {
    const warnings: WarningEvent[] = []
    const stop = db.$events.on('warning', (warning) => warnings.push(warning))
    await db.item.paginate({ orderBy: { uid: 'asc' } })
    stop()
    expect(warnings).toEqual([])
  })
})
