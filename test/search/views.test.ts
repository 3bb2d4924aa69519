import { Client, escapeIdentifier } from 'pg'
import type { WarningEvent } from 'substrata'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Db, openSearch, useSearch } from './use-search.ts'

const search = useSearch()
let owner: Client
let other: Db

beforeAll(async () => {
  owner = new Client(search.database.ownerUrl)
  await owner.connect()
  other = await openSearch({ url: search.database.url })
  await search.db.author.create({ data: { id: 1, name: 'author' } })
})

afterAll(async () => {
  await other.$close()
  await owner.end()
})

let next = 1
async function write(day: string): Promise<void> {
  await search.db.article.create({ data: { id: next++, title: 'title', authorId: 1, createdAt: new Date(day) } })
}

beforeEach(() => search.db.article.deleteMany())

describe('refresh', () => {
  it('fills the view as its owner, whom the application is not', async () => {
    await write('2026-01-01T10:00:00Z')
    await write('2026-01-01T11:00:00Z')
    const before = new Date()
    const { refreshedAt, refreshed } = await search.db.dailyArticles.refresh()
    expect(refreshed).toBe(true)
    expect(refreshedAt.getTime()).toBeGreaterThanOrEqual(before.getTime() - 1_000)
    expect(await search.db.dailyArticles.findMany()).toEqual([{ day: new Date('2026-01-01'), articles: 2n }])
    expect(await search.db.dailyArticles.refreshedAt()).toEqual(refreshedAt)
    expect((await search.db.articleCount.refresh()).refreshed).toBe(true)
    expect(await search.db.articleCount.findMany()).toEqual([{ articles: 2n }])
    await expect(search.db.$as({}).$executeRaw`REFRESH MATERIALIZED VIEW daily_articles`).rejects.toThrow(/42501/)
  })

  it('lets readers read meanwhile, where the view has a unique index', async () => {
    await owner.query('BEGIN')
    await owner.query('SELECT refreshed FROM refresh_daily_articles(NULL)')
    const reads = search.db.$with({ timeout: 5_000 }).dailyArticles.findMany()
    expect(await reads).toEqual(expect.any(Array))
    await owner.query('COMMIT')
  })

  it('of two at once is done once, and both are told when', async () => {
    await write('2026-01-02T10:00:00Z')
    // The first waits for the table, the second for the first.
    await owner.query('BEGIN')
    await owner.query('LOCK TABLE articles IN ACCESS EXCLUSIVE MODE')
    const settled = Promise.all([search.db, other].map(({ dailyArticles }) => dailyArticles.refresh()))
    await vi.waitFor(async () => {
      const waits = await owner.query(
        `SELECT locktype FROM pg_locks WHERE NOT granted AND locktype IN ('advisory', 'relation') ORDER BY 1`,
      )
      expect(waits.rows).toEqual([{ locktype: 'advisory' }, { locktype: 'relation' }])
    })
    await owner.query('COMMIT')
    expect((await settled).filter(({ refreshed }) => refreshed)).toHaveLength(1)
    const [one, two] = await settled
    expect(one?.refreshedAt).toEqual(two?.refreshedAt)
    expect(await search.db.dailyArticles.findMany()).toEqual([{ day: new Date('2026-01-02'), articles: 1n }])
  })

  it('by age leaves what is young', async () => {
    await search.db.dailyArticles.refresh()
    expect(await search.db.dailyArticles.refresh({ maxAge: '1h' })).toMatchObject({ refreshed: false })
    expect(await search.db.dailyArticles.refresh({ maxAge: 0 })).toMatchObject({ refreshed: true })
  })

  it("stands in the caller's transaction, and goes with it", async () => {
    await search.db.dailyArticles.refresh()
    await write('2026-01-03T10:00:00Z')
    const undone = search.db.$transaction(async (tx) => {
      await tx.dailyArticles.refresh()
      expect(await tx.dailyArticles.count()).toBe(1)
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    expect(await search.db.dailyArticles.count()).toBe(0)
  })
})

describe('refreshedAt', () => {
  it('begins a refresh in the background where the view is too old, once, and serves what is there', async () => {
    await search.db.dailyArticles.refresh()
    await write('2026-01-04T10:00:00Z')
    const before = await search.db.dailyArticles.refreshedAt()
    const told = await Promise.all([1, 2, 3].map(() => search.db.dailyArticles.refreshedAt({ maxAge: '1ms' })))
    expect(told[0]).toEqual(before)
    await vi.waitFor(async () => {
      expect((await other.dailyArticles.refreshedAt()).getTime()).toBeGreaterThan(before.getTime())
    })
    expect(await search.db.dailyArticles.count()).toBe(1)
  })

  it('says where a refresh in the background fails, and the next one is begun again', async () => {
    await owner.query(`REVOKE EXECUTE ON ROUTINE refresh_article_count FROM PUBLIC, ${roleOf(search.database.url)}`)
    const warned = new Promise<WarningEvent>((resolve) => search.db.$events.on('warning', resolve))
    const before = await search.db.articleCount.refreshedAt({ maxAge: '1ms' })
    expect(await warned).toMatchObject({ code: 'SUB_REFRESH_FAILED', details: { model: 'ArticleCount' } })
    await owner.query(`GRANT EXECUTE ON ROUTINE refresh_article_count TO ${roleOf(search.database.url)}`)
    await vi.waitFor(async () => {
      const at = await search.db.articleCount.refreshedAt({ maxAge: '1ms' })
      expect(at.getTime()).toBeGreaterThan(before.getTime())
    })
  })
})

function roleOf(url: string): string {
  return escapeIdentifier(decodeURIComponent(new URL(url).username))
}

describe('what is no age, or no materialized view', () => {
  it.each(['soon', -1, Number.NaN, '5 m', ''])('%s', async (maxAge) => {
    await expect(search.db.dailyArticles.refresh({ maxAge } as object)).rejects.toMatchObject({
      code: 'SUB_MAX_AGE_INVALID',
    })
  })

  it('a table', async () => {
    const article = search.db.article as unknown as typeof search.db.dailyArticles
    await expect(article.refresh()).rejects.toMatchObject({ code: 'SUB_VIEW_NOT_MATERIALIZED' })
  })
})

describe('attacks', () => {
  it("a context's settings do not reach the rows of the view", async () => {
    // A view over a protected table, as if the schema declared it.
    await owner.query('CREATE MATERIALIZED VIEW memo_count AS SELECT count(*) AS memos FROM memos')
    const source = await owner.query<{ text: string }>(
      `SELECT pg_get_functiondef('refresh_daily_articles'::regproc) AS text`,
    )
    await owner.query(
      source.rows[0]!.text.replaceAll('refresh_daily_articles', 'refresh_memo_count').replace(
        'CONCURRENTLY "daily_articles"',
        '"memo_count"',
      ),
    )
    const alice = search.db.$as({ tenantId: 'alice' })
    await alice.memo.create({ data: { tenantId: 'alice', text: 'hers' } })
    await alice.$queryRaw`SELECT refreshed FROM refresh_memo_count(NULL)`
    expect(await alice.$queryRaw`SELECT memos FROM memo_count`).toEqual([{ memos: 0n }])
    await alice.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT refreshed FROM refresh_memo_count(NULL)`
      expect(await tx.memo.count()).toBe(1)
    })
  })

  it('a temporary view of the same name is not run with the rights of the owner', async () => {
    const client = new Client(search.database.url)
    await client.connect()
    await client.query(`CREATE FUNCTION pg_temp.evil() RETURNS timestamptz LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'run as %', current_user; END $$`)
    await client.query(
      'CREATE TEMP VIEW daily_articles_refreshed AS SELECT pg_temp.evil() AS started_at, pg_temp.evil() AS ended_at',
    )
    await expect(client.query('SELECT * FROM daily_articles_refreshed')).rejects.toThrow('run as')
    const { rows } = await client.query('SELECT refreshed FROM refresh_daily_articles(NULL)')
    expect(rows).toEqual([{ refreshed: true }])
    await client.end()
  })
})
