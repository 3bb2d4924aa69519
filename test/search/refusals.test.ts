import { expect, it } from 'vitest'
import { useSearch } from './use-search.ts'

const search = useSearch()

/** As from JavaScript, without types. */
const ask = (options: unknown) => search.db.article.search('query', options as object)

it.each([
  ['first', { first: 0 }],
  ['first', { first: 1.5 }],
  ['first', { first: 1_000_000 }],
  ['cap', { cap: -1 }],
  ['order', { order: 'oldest' }],
  ['prefix', { prefix: 'yes' }],
  ['fuzzy', { fuzzy: 1 }],
  ['highlight', { highlight: ['createdAt'] }],
  ['highlight', { highlight: 'title' }],
  ['facets', { facets: ['nothing'] }],
  ['facets', { facets: ['tags'] }],
  ['facets', { facets: ['tags.constructor'] }],
  ['facets', { facets: ['__proto__.x'] }],
  ['limit', { limit: 5 }],
])('%s that it does not take: %j', async (argument, options) => {
  await expect(ask(options)).rejects.toMatchObject({ code: 'SUB_SEARCH_ARGUMENT', details: { argument } })
})

it('a filter that findMany would refuse, as pages refuse it', async () => {
  await expect(ask({ where: { nothing: 1 } })).rejects.toMatchObject({ code: 'SUB_WHERE_INVALID' })
})

it('a selection that is no part of one statement', async () => {
  for (const options of [{ select: {} }, { select: { nothing: true } }, { include: { author: { select: {} } } }])
    await expect(ask(options)).rejects.toMatchObject({ code: 'SUB_SEARCH_UNSUPPORTED' })
})

it('fuzzy without trigram indexes', async () => {
  const options = { fuzzy: true } as object
  await expect(search.db.page.search('query', options)).rejects.toMatchObject({ code: 'SUB_SEARCH_ARGUMENT' })
})

it('a model that cannot be searched', async () => {
  const author = search.db.author as unknown as typeof search.db.article
  await expect(author.search('query')).rejects.toMatchObject({ code: 'SUB_SEARCH_UNDECLARED' })
})
