import { Client } from 'pg'
import type { Page } from 'substrata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../client/random.ts'
import { rounds, seed } from '../rounds.ts'
import { nullable, orderable, writeItems } from './rows.ts'
import { type Db, openPages, usePagesDatabase } from './use-pages.ts'

const database = usePagesDatabase()
let db: Db
let owner: Client

beforeAll(async () => {
  db = await openPages(database.url, { pagination: { cursorKey: 'k'.repeat(32) } })
  owner = new Client(database.ownerUrl)
  await owner.connect()
})

afterAll(async () => {
  await db.$close()
  await owner.end()
})

type Order = NonNullable<NonNullable<Parameters<Db['item']['paginate']>[0]>['orderBy']>
type Direction = 'asc' | 'desc'
interface Terms {
  readonly order: Extract<Order, unknown[]>
  /** Of the last term, and so of the tie-breaker. */
  readonly last: Direction
}

function randomOrder(random: Random): Terms {
  const order: Record<string, unknown>[] = []
  let last: Direction = 'asc'
  for (let i = random.below(4); i >= 0; i--) {
    const field = random.pick([...orderable, 'detail'])
    const way = random.pick(['asc', 'desc'] as const)
    // What was ordered by already decides nothing more.
    if (!order.some((term) => field in term)) last = way
    const nulls =
      nullable.some((each) => each === field) || field === 'detail'
        ? random.pick(['first', 'last', undefined])
        : undefined
    const direction = nulls ? { sort: way, nulls } : way
    order.push(field === 'detail' ? { detail: { weight: direction } } : { [field]: direction })
  }
  return { order, last }
}

type Read = Page<{ id: number; detail: { weight: number | null } | null }>

interface Walk {
  readonly ids: number[]
  readonly pages: number
}

/** Reads all pages, one way or the other, with whatever happens `between` them. */
async function walk(
  orderBy: Order,
  random: Random,
  backwards: boolean,
  between: (ids: readonly number[]) => Promise<void> = async () => {},
): Promise<Walk> {
  const where = { big: { not: 0n } }
  let cursor: string | null = null
  const ids: number[] = []
  for (let pages = 1; ; pages++) {
    const size = 1 + random.below(6)
    const { items, pageInfo }: Read = await db.item.paginate({
      ...(backwards ? { last: size, before: cursor } : { first: size, after: cursor }),
      where,
      orderBy,
      select: { id: true, detail: { select: { weight: true } } },
    })
    expect(items.length).toBeLessThanOrEqual(size)
    const read = items.map(({ id }) => id)
    if (backwards) ids.unshift(...read)
    else ids.push(...read)
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor
    if (!(backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return { ids, pages }
    expect(items.length).toBe(size)
    await between(read)
  }
}

async function everyId({ order, last }: Terms): Promise<number[]> {
  const rows = await db.item.findMany({
    where: { big: { not: 0n } },
    orderBy: [...order, { id: last }],
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}

const many = Array.from({ length: rounds(30, 400) }, (_, i) => seed + i)

describe('walking all pages of a random order', () => {
  it(
    'gives every row once and in order, forwards and backwards',
    async () => {
      for (const each of many) {
        const random = createRandom(each)
        await owner.query('TRUNCATE items CASCADE')
        await writeItems(
          owner,
          Array.from({ length: random.below(40) }, (_, i) => i + 1),
          random,
        )
        const terms = randomOrder(random)
        const told = `${JSON.stringify(terms.order)}, seed ${each}`
        const expected = await everyId(terms)
        expect((await walk(terms.order, random, false)).ids, told).toEqual(expected)
        expect((await walk(terms.order, random, true)).ids, `${told}, backwards`).toEqual(expected)
      }
    },
    rounds(60_000, 300_000),
  )

  it(
    'gives every row that stood throughout once and in order while others come and go',
    async () => {
      for (const each of many) {
        const random = createRandom(each * 31)
        await owner.query('TRUNCATE items CASCADE')
        await writeItems(
          owner,
          Array.from({ length: 30 }, (_, i) => i + 1),
          random,
        )
        const terms = randomOrder(random)
        const told = `${JSON.stringify(terms.order)}, seed ${each}`
        const gone = new Set<number>()
        let next = 1000
        const disturb = async (read: readonly number[]) => {
          // The row under the cursor among them, every other time.
          const victims = [1 + random.below(30), ...(random.chance(0.5) ? [read.at(-1)!, read[0]!] : [])]
          for (const id of victims) gone.add(id)
          await owner.query('DELETE FROM items WHERE id = ANY($1)', [victims])
          await writeItems(owner, [next++, next++], random)
        }
        const before = await everyId(terms)
        const seen = [await walk(terms.order, random, false, disturb), await walk(terms.order, random, true, disturb)]
        const standing = before.filter((id) => !gone.has(id))
        for (const { ids } of seen) {
          expect(new Set(ids).size, told).toBe(ids.length)
          expect(
            ids.filter((id) => standing.includes(id)),
            told,
          ).toEqual(standing)
        }
      }
    },
    rounds(60_000, 300_000),
  )
})

describe('what a page says of its surroundings', () => {
  it('is right on every page, and the page before it is the one that was before', async () => {
    const random = createRandom(seed)
    await owner.query('TRUNCATE items CASCADE')
    await writeItems(
      owner,
      Array.from({ length: 10 }, (_, i) => i + 1),
      random,
    )
    const orderBy: Order = [{ rank: { sort: 'desc', nulls: 'last' } }, { label: 'asc' }]
    const page = (window: object) => db.item.paginate({ orderBy, select: { id: true }, ...window })
    const first = await page({ first: 4 })
    const second = await page({ first: 4, after: first.pageInfo.endCursor })
    const third = await page({ first: 4, after: second.pageInfo.endCursor })
    const flags = [first, second, third].map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])
    expect(flags).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ])
    expect(await page({ last: 4, before: third.pageInfo.startCursor })).toEqual(second)
    expect(await page({ last: 2 })).toEqual(third)
    expect((await page({ last: 4, before: second.pageInfo.startCursor })).pageInfo).toEqual(first.pageInfo)

    const end = await page({ first: 4, after: third.pageInfo.endCursor })
    const nothing = { startCursor: null, endCursor: null }
    expect(end).toEqual({ items: [], pageInfo: { hasPreviousPage: true, hasNextPage: false, ...nothing } })
    const beginning = await page({ last: 4, before: first.pageInfo.startCursor })
    expect(beginning).toEqual({ items: [], pageInfo: { hasPreviousPage: false, hasNextPage: true, ...nothing } })
    await owner.query('TRUNCATE items CASCADE')
    const gone = await page({ first: 4, after: first.pageInfo.endCursor })
    expect(gone).toEqual({ items: [], pageInfo: { hasPreviousPage: false, hasNextPage: false, ...nothing } })
  })
})
