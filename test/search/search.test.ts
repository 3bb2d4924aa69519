import { beforeAll, describe, expect, it } from 'vitest'
import { forgedCursor } from '../forged-cursor.ts'
import { useSearch } from './use-search.ts'

const search = useSearch()

const texts: [title: string, content: string | null, author: number, tags: string[]][] = [
  ['The query planner', 'How PostgreSQL chooses a plan for each query.', 1, ['postgres', 'plans']],
  ['Query builders', 'A draft about the query builder of a café.', 1, ['plans']],
  ['Writing <b>HTML</b> & more', `Tags like <i onclick="x()"> are escaped in a query's page.`, 2, ['html']],
  ['Nothing of the kind', null, 2, []],
]

beforeAll(async () => {
  const { db } = search
  await db.author.createMany({ data: [1, 2].map((id) => ({ id, name: `author ${id}` })) })
  const articles = texts.map(([title, content, authorId], i) => {
    return { id: i + 1, title, content, authorId, createdAt: new Date(Date.UTC(2026, 0, i + 1)), published: i !== 2 }
  })
  await db.article.createMany({ data: articles })
  await db.articleTag.createMany({
    data: texts.flatMap(([, , , tags], i) => tags.map((tag) => ({ articleId: i + 1, tag }))),
  })
  const pages = [
    'Das alte Haus',
    'Old houses',
    'Häuser am Meer',
    '東京 の 家',
    'a house',
    'houses',
    'house',
    'my house',
  ]
  const languages = ['GERMAN', 'ENGLISH', 'GERMAN', 'JAPANESE', null, 'ENGLISH', 'ENGLISH', 'ENGLISH'] as const
  await db.page.createMany({
    data: pages.map((text, i) => ({ book: 1 + (i % 2), position: i, text, language: languages[i]! })),
  })
})

const ids = ({ items }: { readonly items: readonly { readonly id: number }[] }) => items.map(({ id }) => id)
const positions = ({ items }: { readonly items: readonly { readonly position: number }[] }) =>
  items.map(({ position }) => position)

describe('words', () => {
  it('are found in any form and case, the best row first', async () => {
    const found = await search.db.article.search('QUERIES')
    expect(ids(found)).toEqual([2, 1, 3])
    expect(found).toMatchObject({ matched: 'words', capped: false, pageInfo: { hasNextPage: false }, facets: {} })
    expect(found.items[0]).toMatchObject({
      title: 'Query builders',
      authorId: 1,
      createdAt: new Date(Date.UTC(2026, 0, 2)),
    })
    expect(found.items[0]?.rank).toBeGreaterThan(found.items[2]!.rank)
  })

  it.each([
    ['query planner', [1]],
    ['"query planner"', [1]],
    ['"planner query"', []],
    ['query -draft', [1, 3]],
    ['planner or builders', [1, 2]],
    ['-query', [4]],
    ['the of', []],
    ['', []],
    ['   ', []],
    ['cafe', [2]],
    ['CAFÉ', [2]],
  ])('are read as search engines read them: %s', async (text, expected) => {
    const found = await search.db.article.search(text, { fuzzy: false })
    expect(ids(found).sort((a, b) => a - b)).toEqual(expected)
  })

  it('are those of the language of each row', async () => {
    expect(positions(await search.db.page.search('haus', { order: 'newest' }))).toEqual([2, 0])
    expect(positions(await search.db.page.search('house', { order: 'newest' }))).toEqual([7, 6, 5, 4, 1])
    expect(positions(await search.db.page.search('houses', { where: { language: null } }))).toEqual([])
    expect(positions(await search.db.page.search('東京'))).toEqual([3])
    expect(positions(await search.db.page.search('-house', { order: 'newest' }))).toEqual([3, 2, 0])
  })

  it('may go on at the end of what was typed', async () => {
    const typed = async (text: string) => ids(await search.db.article.search(text, { prefix: true, fuzzy: false }))
    expect(await typed('plan')).toEqual([1])
    expect(await typed('buil')).toEqual([2])
    expect(await typed('query buil')).toEqual([2])
    expect((await typed('planner or buil')).sort((a, b) => a - b)).toEqual([1, 2])
    expect(await typed('"query buil')).toEqual([])
    expect((await typed('query -buil')).sort((a, b) => a - b)).toEqual([1, 2, 3])
    expect(await typed("o'")).toEqual([])
    expect(ids(await search.db.article.search('buil', { fuzzy: false }))).toEqual([])
  })
})

describe('conditions', () => {
  it('hold together with the search, over relations as well', async () => {
    const where = async (condition: object) => ids(await search.db.article.search('query', { where: condition }))
    expect(await where({ published: true })).toEqual([2, 1])
    expect(await where({ tags: { some: { tag: 'postgres' } } })).toEqual([1])
    expect(await where({ tags: { none: { tag: 'plans' } } })).toEqual([3])
    expect(await where({ author: { name: 'author 2' } })).toEqual([3])
    expect(
      await where({ OR: [{ id: 2 }, { author: { id: 2 } }], createdAt: { gt: new Date(Date.UTC(2026, 0, 2)) } }),
    ).toEqual([3])
  })

  it('leave what is selected to the caller', async () => {
    const { items } = await search.db.article.search('planner', {
      select: { title: true, author: { select: { name: true } }, tags: { orderBy: { tag: 'asc' } }, _count: true },
    })
    expect(items).toEqual([
      {
        title: 'The query planner',
        author: { name: 'author 1' },
        tags: [
          { articleId: 1, tag: 'plans' },
          { articleId: 1, tag: 'postgres' },
        ],
        _count: { tags: 2 },
        rank: expect.any(Number),
        highlights: {},
      },
    ])
    const included = await search.db.article.search('builders', { include: { author: true }, omit: { content: true } })
    expect(included.items[0]).toMatchObject({ id: 2, author: { id: 1 } })
    expect(included.items[0]).not.toHaveProperty('content')
  })
})

describe('pages', () => {
  it.each(['rank', 'newest'] as const)('by %s hold each row once', async (order) => {
    const all = ids(await search.db.article.search('query', { order }))
    expect(all).toEqual(order === 'rank' ? [2, 1, 3] : [3, 2, 1])
    const next = (cursor: string | null) => search.db.article.search('query', { order, first: 1, after: cursor })
    const walked: number[] = []
    let after: string | null = null
    for (let more = true; more; ) {
      const page: Awaited<ReturnType<typeof next>> = await next(after)
      walked.push(...ids(page))
      after = page.pageInfo.endCursor
      more = page.pageInfo.hasNextPage
    }
    expect(walked).toEqual(all)
  })

  it('go on by a key of two columns', async () => {
    const first = await search.db.page.search('house', { first: 2, order: 'newest' })
    const second = await search.db.page.search('house', { first: 2, order: 'newest', after: first.pageInfo.endCursor })
    expect([...positions(first), ...positions(second)]).toEqual([7, 6, 5, 4])
  })

  it('end behind the last row, and say nothing of what is not there', async () => {
    const last = await search.db.article.search('query', { facets: ['published'] })
    const beyond = await search.db.article.search('query', { facets: ['published'], after: last.pageInfo.endCursor })
    expect(beyond).toMatchObject({ items: [], pageInfo: { hasNextPage: false, endCursor: null } })
    expect(beyond.facets).toEqual(last.facets)
  })
})

describe('cursors', () => {
  it.each(['rank', 'newest'] as const)('that somebody made are positions or refused, by %s', async (order) => {
    const { pageInfo } = await search.db.article.search('query', { order, first: 1 })
    const rank = order === 'rank' ? ['0'] : []
    const ask = (values: unknown) =>
      search.db.article.search('query', { order, after: forgedCursor(pageInfo.endCursor, values) })
    expect(ids(await ask(['words', ...rank, '2026-01-02', '2']))).toEqual(order === 'rank' ? [] : [1])
    expect(await ask(['similar', ...rank, '2026-01-02', '2'])).toMatchObject({ matched: 'similar' })
    for (const values of [
      ['words', ...rank, 'yesterday, or so', '2'],
      ['similar', ...rank, 'yesterday, or so', '2'],
      ['words', ...rank, '2026-01-02', '2; DROP TABLE articles'],
      ['words', ...rank, '2026-01-02', '2\0'],
      ['words', ...rank, '2026-01-02'],
      ['all', ...rank, '2026-01-02', '2'],
      ['words', ...rank, null, '2'],
      [],
    ])
      await expect(ask(values), JSON.stringify(values)).rejects.toMatchObject({ code: 'SUB_CURSOR_INVALID' })
  })

  it('are good for the same search only', async () => {
    const { pageInfo } = await search.db.article.search('query', { first: 1 })
    const after = pageInfo.endCursor
    for (const other of [
      search.db.article.search('queries', { after }),
      search.db.article.search('query', { after, order: 'newest' }),
      search.db.article.search('query', { after, where: { published: true } }),
      search.db.article.search('query', { after, cap: 7 }),
      search.db.page.search('query', { after }),
      search.db.$as({ userId: 'u' }).article.search('query', { after }),
    ])
      await expect(other).rejects.toMatchObject({ code: 'SUB_CURSOR_MISMATCH' })
    expect((await search.db.article.search('query', { after, select: { id: true } })).items).toHaveLength(2)
  })
})

describe('highlights', () => {
  it('are safe to put into a page, whatever the text', async () => {
    const { items } = await search.db.article.search('query html page', {
      where: { id: 3 },
      highlight: ['title', 'content'],
    })
    expect(items.map(({ highlights }) => highlights)).toEqual([
      {
        title: 'Writing &lt;b&gt;<mark>HTML</mark>&lt;/b&gt; &amp; more',
        content:
          'Tags like &lt;i onclick=&quot;x()&quot;&gt; are escaped in a <mark>query</mark>&#39;s <mark>page</mark>.',
      },
    ])
  })

  it('cannot be forged by a text that holds their signs', async () => {
    await search.db.article.create({
      data: { id: 90, title: '\uE000forged\uE001 <mark>marks</mark>', authorId: 1, published: false },
    })
    const { items } = await search.db.article.search('marks', { highlight: ['title', 'content'] })
    expect(items[0]?.highlights).toEqual({
      title: 'forged &lt;mark&gt;<mark>marks</mark>&lt;/mark&gt;',
      content: null,
    })
  })

  it('show the parts of a long text around what matched', async () => {
    const content = `${'before '.repeat(200)}needle ${'after '.repeat(200)}`
    await search.db.article.create({ data: { id: 91, title: 'long', content, authorId: 1 } })
    const { items } = await search.db.article.search('needle', { highlight: ['content'] })
    expect(items[0]?.highlights.content).toMatch(/before <mark>needle<\/mark> after/)
    expect(items[0]?.highlights.content?.length).toBeLessThan(300)
  })
})

describe('typing errors', () => {
  it('find what is similar, where nothing matched', async () => {
    const found = await search.db.article.search('plannr qurey', { highlight: ['title'], facets: ['tags.tag'] })
    expect(found).toMatchObject({ matched: 'similar', items: [{ id: 1, highlights: { title: 'The query planner' } }] })
    expect(found.facets['tags.tag']).toEqual([
      { value: 'plans', count: 1 },
      { value: 'postgres', count: 1 },
    ])
    expect(ids(await search.db.article.search('plannr or bilders')).sort((a, b) => a - b)).toEqual([1, 2])
    expect(ids(await search.db.article.search('plannr -café -the'))).toEqual([1])
    expect(ids(await search.db.article.search('plannr -the'))).toEqual([1])
    expect(ids(await search.db.article.search('plannr -queries'))).toEqual([])
    expect(ids(await search.db.article.search('plannr -"plan query" -"query plan"'))).toEqual([1])
    expect(ids(await search.db.article.search('plannr -"chooses a plan"'))).toEqual([])
    expect(await search.db.article.search('plannr', { fuzzy: false })).toMatchObject({ matched: 'words', items: [] })
    expect(await search.db.article.search('xyzzy')).toMatchObject({ matched: 'words', items: [] })
    expect(await search.db.article.search('planner', { where: { id: 2 } })).toMatchObject({
      matched: 'words',
      items: [],
    })
  })

  it('go on over pages', async () => {
    const first = await search.db.article.search('qurey', { first: 2 })
    const second = await search.db.article.search('qurey', { first: 2, after: first.pageInfo.endCursor })
    expect([...ids(first), ...ids(second)].sort((a, b) => a - b)).toEqual([1, 2, 3])
  })

  it("leave the caller's transaction as it was", async () => {
    await search.db.$as({}).$transaction(async (tx) => {
      expect(ids(await tx.article.search('plannr'))).toEqual([1])
      const setting = await tx.$queryRaw`SELECT current_setting('pg_trgm.word_similarity_threshold') AS threshold`
      expect(setting).toEqual([{ threshold: '0.6' }])
    })
  })
})

describe('facets', () => {
  it('count the values of the matches, over relations as well, each row once', async () => {
    const { facets, capped } = await search.db.article.search('query', {
      first: 1,
      facets: ['published', 'tags.tag', 'author.name', 'createdAt', 'author.articles.tags.tag'],
    })
    expect(capped).toBe(false)
    expect(facets.published).toEqual([
      { value: true, count: 2 },
      { value: false, count: 1 },
    ])
    expect(facets['tags.tag']).toEqual([
      { value: 'plans', count: 2 },
      { value: 'html', count: 1 },
      { value: 'postgres', count: 1 },
    ])
    expect(facets['author.name']).toEqual([
      { value: 'author 1', count: 2 },
      { value: 'author 2', count: 1 },
    ])
    expect(facets.createdAt[0]).toEqual({ value: new Date(Date.UTC(2026, 0, 1)), count: 1 })
    expect(facets['author.articles.tags.tag'][0]).toEqual({ value: 'plans', count: 2 })
  })

  it('and ranks are over the newest matches only, where there are many, and say so', async () => {
    const found = await search.db.page.search('house -nothing', { facets: ['language'] })
    expect(found.capped).toBe(false)
    const fewer = await search.db.page.search('house', { cap: 2, facets: ['language'] })
    expect(positions(fewer).sort((a, b) => a - b)).toEqual([6, 7])
    expect(fewer).toMatchObject({ capped: true, facets: { language: [{ value: 'ENGLISH', count: 2 }] } })
    expect(positions(await search.db.page.search('house', { cap: 2, order: 'newest' }))).toEqual([7, 6, 5, 4, 1])
  })
})

describe("a client's extensions", () => {
  const findMany = (change: (read: Promise<object[]>) => Promise<object[]>) =>
    search.db.$extends({ query: { article: { findMany: ({ args, query }) => change(query(args) as never) as never } } })

  it('see a search as a findMany: its filter, each of its rows, its computed fields', async () => {
    const extended = search.db.$extends({
      result: { article: { shout: { needs: { title: true }, compute: ({ title }) => `${title}!` } } },
      query: {
        article: { findMany: ({ args, query }) => query({ ...args, where: { ...args.where, published: true } }) },
      },
    })
    const first = await extended.article.search('query', { first: 1, highlight: ['title'] })
    expect(first.items.map(({ id, shout }) => [id, shout])).toEqual([[2, 'Query builders!']])
    expect(first.items[0]?.highlights.title).toBe('<mark>Query</mark> builders')
    const second = await extended.article.search('query', { first: 1, after: first.pageInfo.endCursor })
    expect(second).toMatchObject({ items: [{ id: 1 }], pageInfo: { hasNextPage: false } })
    const elsewhere = search.db.article.search('query', { first: 1, after: first.pageInfo.endCursor })
    await expect(elsewhere).rejects.toMatchObject({ code: 'SUB_CURSOR_MISMATCH' })
  })

  it.each([
    ['leave rows out', async (read: Promise<object[]>) => (await read).slice(1)],
    ['add some', async (read: Promise<object[]>) => [...(await read), {}]],
    ['answer themselves', async () => []],
  ])('are refused where they %s', async (_, change) => {
    const call = findMany(change).article.search('query')
    await expect(call).rejects.toMatchObject({ code: 'SUB_EXTENSION_ROWS' })
  })
})

describe('a search in a transaction', () => {
  it('sees what the transaction wrote', () =>
    search.db.$transaction(async (tx) => {
      await tx.article.update({ where: { id: 4 }, data: { content: 'written meanwhile' } })
      expect(ids(await tx.article.search('meanwhile'))).toEqual([4])
    }))
})
