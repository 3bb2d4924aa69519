// Whatever somebody types is a search: it gives rows or a clear error, never one of the database.
import * as fc from 'fast-check'
import { isSubstrataError } from 'substrata'
import { beforeAll, expect, it } from 'vitest'
import { rounds, seed } from '../rounds.ts'
import { useSearch } from './use-search.ts'

const search = useSearch()

beforeAll(async () => {
  const { db } = search
  await db.author.create({ data: { id: 1, name: 'author' } })
  const words = [
    'query',
    'planner',
    'a & b',
    "it's",
    '100%',
    '<b>bold</b>',
    'naïve café',
    'C:\\temp',
    '東京',
    'x:* | !y',
  ]
  await db.article.createMany({
    data: words.map((title, id) => ({ id, title, content: words.toReversed().join(' '), authorId: 1 })),
  })
  await db.page.createMany({ data: words.map((text, position) => ({ book: 1, position, text, language: 'GERMAN' })) })
})

/** What the syntaxes of websearch_to_tsquery, tsquery and ts_headline are made of. */
const signs = fc.constantFrom(
  ...[
    '"',
    "'",
    '-',
    ' or ',
    ' OR ',
    ':*',
    '&',
    '|',
    '!',
    '<->',
    '<2>',
    '(',
    ')',
    '\\',
    '%',
    '_',
    '$1',
    '--',
    '/*',
    ';',
    ' ',
  ],
  ...[
    '\0',
    '\uD800',
    '\uDFFF',
    '\uE000',
    '\uE001',
    '\uFFFD',
    '\u202E',
    '\u{1F600}',
    'İ',
    'ß',
    'ﬁ',
    '\n',
    '\t',
    '\u00A0',
    '…',
  ],
  ...[
    'query',
    'planner',
    'qurey',
    'the',
    'a',
    '東京',
    'http://x.y/z?q=1',
    'a@b.c',
    '1e400',
    '-1.5',
    '<script>',
    '</b>',
  ],
)

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.oneof(signs, fc.string({ maxLength: 3 })), { maxLength: 20 }).map((parts) => parts.join('')),
  fc
    .tuple(fc.array(signs, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 1_200 }))
    .map(([parts, times]) => parts.join('').repeat(times)),
)

const options = fc.record({
  order: fc.constantFrom('rank' as const, 'newest' as const),
  prefix: fc.boolean(),
  first: fc.constantFrom(1, 20),
})

it(
  'any text is safe',
  async () => {
    await fc.assert(
      fc.asyncProperty(text, options, async (asked, given) => {
        const found = await Promise.allSettled([
          search.db.article.search(asked, { ...given, highlight: ['title', 'content'], facets: ['author.name'] }),
          search.db.page.search(asked, { ...given, highlight: ['text'] }),
        ])
        for (const each of found) {
          if (each.status === 'rejected')
            expect([asked.length > 1_000, isSubstrataError(each.reason, 'SUB_SEARCH_TEXT')]).toEqual([true, true])
          else
            for (const { highlights } of each.value.items) {
              const marked = Object.values(highlights)
                .join('')
                .replaceAll(/<\/?mark>|&(?:amp|lt|gt|quot|#39);/g, '')
              expect(marked).not.toMatch(/[<>"'&\uE000\uE001]/)
            }
        }
      }),
      { numRuns: rounds(300, 10_000), seed },
    )
  },
  rounds(30_000, 600_000),
)

it('no text is refused: it is no search', async () => {
  for (const asked of [undefined, null, 7, {}, ['x']])
    await expect(search.db.article.search(asked as string)).rejects.toMatchObject({ code: 'SUB_SEARCH_TEXT' })
})
