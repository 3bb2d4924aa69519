// The plans of the statements that are really sent, on enough rows that a plan says something.
import { Client, escapeLiteral } from 'pg'
import type { StatementEvent } from 'substrata'
import { explain, type Plan } from 'substrata/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Db, openSearch, useSearch } from './use-search.ts'

const search = useSearch()
let db: Db
let application: Client
const sent: StatementEvent[] = []

// A word in every row, one in every second, one in a hundredth, one in two rows; two that seldom follow each other.
const fill = `
  INSERT INTO authors SELECT n, 'author ' || n FROM generate_series(1, 100) n;
  INSERT INTO articles (id, title, content, created_at, author_id)
  SELECT n, 'word ' || n, concat_ws(' ', CASE WHEN n % 50 = 0 THEN 'common everywhere' END, repeat('padding ', 100), 'everywhere', CASE WHEN n % 2 = 0 THEN 'common' END,
           CASE WHEN n % 100 = 0 THEN 'seldom' END, CASE WHEN n % 7000 = 0 THEN 'rare' END),
         '2026-01-01'::timestamptz + n * interval '1 minute', 1 + n % 100
    FROM generate_series(1, 20000) n;
  INSERT INTO article_tags SELECT n, 'tag ' || n % 50 FROM generate_series(1, 20000) n;
`

beforeAll(async () => {
  const owner = new Client(search.database.ownerUrl)
  await owner.connect()
  await owner.query(fill)
  // What was just written is not in the index yet, and VACUUM puts it there.
  await owner.query('VACUUM ANALYZE')
  await owner.end()
  db = await openSearch({ url: search.database.url, showValues: true })
  db.$events.on('statement', (event) => sent.push(event))
  application = new Client(search.database.url)
  await application.connect()
})

afterAll(async () => {
  await application.end()
  await db.$close()
})

async function planOf(call: () => PromiseLike<unknown>): Promise<Plan> {
  sent.length = 0
  await call()
  const [statement, ...more] = sent
  expect(more).toEqual([])
  return explain(application, statement!.text, [...(statement!.values ?? [])])
}

/** The plan of the statement that a call sends, with what was run of it. */
async function analysed(call: () => PromiseLike<unknown>): Promise<string> {
  sent.length = 0
  await call()
  const { text, values = [] } = sent[0]!
  const { rows } = await application.query({ text: `EXPLAIN (ANALYZE, FORMAT TEXT) ${text}`, values: [...values] })
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

describe('a word that is rare', () => {
  it.each(['rank', 'newest'] as const)('is found by the index over words, by %s', async (order) => {
    const plan = await planOf(() => db.article.search('rare', { order, cap: 200, highlight: ['content'] }))
    plan.mustUseIndex('articles_search_idx')
    plan.mustNotScan('articles')
  })

  it('is found by it under conditions over relations as well, in one statement', async () => {
    const where = { published: true, author: { name: { not: 'author 7' } }, tags: { some: { tag: { not: 'tag 1' } } } }
    const plan = await planOf(() =>
      db.article.search('rare', { where, cap: 200, include: { tags: true, author: true } }),
    )
    plan.mustUseIndex('articles_search_idx')
    plan.mustNotScan('articles')
  })

  it.each(['rank', 'newest'] as const)(
    'is found by it in a plan that knows neither text nor conditions, by %s',
    async (order) => {
      const where = { authorId: { lt: 50 } }
      await planOf(() => db.article.search('rare', { order, where, cap: 200 }))
      const { text, values = [] } = sent[0]!
      await application.query('BEGIN')
      await application.query('SET LOCAL plan_cache_mode = force_generic_plan')
      await application.query(`PREPARE generic AS ${text}`)
      const literals = values.map((value) => escapeLiteral(String(value))).join(', ')
      const { rows } = await application.query(`EXPLAIN (ANALYZE, FORMAT TEXT) EXECUTE generic (${literals})`)
      await application.query('ROLLBACK')
      await application.query('DEALLOCATE generic')
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toMatch(/author_id < \$\d/)
      expect(plan).toMatch(/Bitmap Index Scan on articles_search_idx .*\(actual/)
      expect(plan).not.toMatch(/Seq Scan on articles/)
      // What common words are found by is in the plan, and is not run.
      expect(plan).toMatch(/articles_created_at_id_idx on articles \w+ .*\(never executed\)/)
    },
  )
})

describe('a word that is common', () => {
  it('is found by the index over time, which is left after a page', async () => {
    const newest = await planOf(() => db.article.search('everywhere', { order: 'newest' }))
    newest.mustUseIndex('articles_created_at_id_idx')
    const first = await db.article.search('everywhere', { order: 'newest' })
    const second = await planOf(() =>
      db.article.search('everywhere', { order: 'newest', after: first.pageInfo.endCursor }),
    )
    second.mustUseIndex('articles_created_at_id_idx')
    expect(second.text).toMatch(/Index Cond: \(ROW\(.*created_at, .*id\) < ROW/)
  })

  it('is ranked, and counted in facets, over no more than the cap', async () => {
    const call = () => db.article.search('everywhere', { cap: 200, facets: ['tags.tag'], first: 5 })
    expect((await call()).capped).toBe(true)
    const plan = await planOf(call)
    plan.mustUseIndex('articles_created_at_id_idx')
    const ran = await application.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sent[0]!.text}`, [...(sent[0]!.values ?? [])])
    const read = [
      ...JSON.stringify(ran.rows).matchAll(/"Relation Name":"articles".*?"Actual Rows":([\d.]+),"Actual Loops":(\d+)/g),
    ]
    expect(read.length).toBeGreaterThan(2)
    // The cap and one, or the sample.
    for (const [, rows, loops] of read) expect(Number(rows) * Number(loops)).toBeLessThanOrEqual(256)
  })
})

describe('a phrase', () => {
  const phrase = '"common everywhere"'
  // The newest 200 rows with both words are those of even numbers down to 19,602.
  const expected = [20_000, 19_950, 19_900, 19_850, 19_800, 19_750, 19_700, 19_650]

  it.each(['rank', 'newest'] as const)(
    'of common words is looked for in the newest rows that have them, by %s, and says so',
    async (order) => {
      const found = await db.article.search(phrase, { order, cap: 200, facets: ['author.name'] })
      expect(found.items.map(({ id }) => id)).toEqual(expected)
      expect(found).toMatchObject({ capped: true, facets: { 'author.name': [{ count: 4 }, { count: 4 }] } })
      const plan = await analysed(() => db.article.search(phrase, { order, cap: 200 }))
      expect(plan).toMatch(/articles_created_at_id_idx on articles \w+ .*\(actual.* rows=40[012]/)
      expect(plan).toMatch(/articles_search_idx .*\(never executed\)/)
    },
  )

  it('goes on over pages within them', async () => {
    const page = (after: string | null) => db.article.search(phrase, { order: 'newest', cap: 200, first: 3, after })
    const walked: number[] = []
    let after: string | null = null
    do {
      const { items, pageInfo }: Awaited<ReturnType<typeof page>> = await page(after)
      walked.push(...items.map(({ id }) => id))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after !== null)
    expect(walked).toEqual(expected)
  })

  it('that none of them has is no typing error', async () => {
    sent.length = 0
    expect(await db.article.search('"common padding"', { cap: 200 })).toMatchObject({ items: [], capped: true })
    expect(sent).toHaveLength(1)
  })

  it('of rare words is looked up, and an excluded one excludes no row too many', async () => {
    const found = await db.article.search('"seldom rare"', { cap: 200 })
    expect(found.items.map(({ id }) => id)).toEqual([14_000, 7_000])
    expect(found.capped).toBe(false)
    const without = await db.article.search('rare -"seldom rare"')
    expect(without.items).toEqual([])
    const others = await db.article.search('rare -"rare seldom"')
    expect(others.items.map(({ id }) => id)).toEqual([14_000, 7_000])
  })
})

describe('similar words', () => {
  it('are found by trigrams', async () => {
    sent.length = 0
    await db.article.search('wrod 17777')
    const similar = sent.find(({ text }) => text.includes('<%'))!
    await application.query('BEGIN')
    await application.query("SELECT set_config('pg_trgm.word_similarity_threshold', '0.28', true)")
    const plan = await explain(application, similar.text, [...(similar.values ?? [])])
    await application.query('ROLLBACK')
    plan.mustUseIndex('articles_title_similar_idx')
    plan.mustNotScan('articles')
  })
})
