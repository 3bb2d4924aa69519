import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rounds } from '../../../test/rounds.ts'
import { tokenKey, tokenOf, useShop } from '../test/use-shop.ts'
import { buildApp } from './app.ts'

const shop = useShop()
let app: FastifyInstance
const ids: string[] = []

beforeAll(async () => {
  app = await buildApp({ prisma: shop.db, tokenKey })
  const post = { title: 'T', content: 'C', published: true, createdAt: new Date() }
  const user = await shop.prisma.user.create({
    data: { email: 'a@example.com', posts: { create: post }, orders: { create: { orderNumber: '1', total: 1 } } },
    include: { posts: true, orders: true },
  })
  ids.push(user.id, ...user.posts.map((row) => row.id), ...user.orders.map((row) => row.id))
})

afterAll(() => app.close())

/** Text of the kind that has broken something somewhere. */
const nasty = fc.constantFrom(
  ...[
    '',
    ' ',
    '\0',
    '\ud800',
    '\u{1F469}\u200D\u{1F680}',
    '\u202Eabc',
    "'; DROP TABLE users; --",
    '%',
    '_',
    '\\',
    '$1',
  ],
  ...['-1', '0', '1e400', '0x10', 'NaN', 'null', '[object Object]', '__proto__', 'constructor', '99999999999999999999'],
  ...[
    '9999-12-31',
    '0001-01-01',
    '2026-02-29',
    '-000001-01-01T00:00:00Z',
    '275760-09-13T00:00:00.000Z',
    'x'.repeat(5_000),
  ],
  ...['PENDING', 'DELIVERED', 'a@b.c', `${'a'.repeat(250)}@b.c`, '0.01', '99999999.99', '1.005', '٣', 'ⅷ', '½'],
)
const id = fc.nat(2).map((index) => ids[index] ?? '')
const word = fc.oneof(
  nasty,
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.double().map(String),
  fc.date().map(String),
  id,
)

function encode(text: string): string {
  // Half a surrogate pair has no place in a URL.
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\u{FFFD}'))
}

interface Attempt {
  method: 'GET' | 'POST' | 'PATCH'
  path: string
  query?: Record<string, string>
  body?: string
}

/** Requests that are right but for a word here and there: they get furthest. */
function nearly(
  method: Attempt['method'],
  path: fc.Arbitrary<string>,
  body: fc.Arbitrary<object>,
): fc.Arbitrary<Attempt> {
  return fc.tuple(path, body).map(([path, value]) => ({ method, path, body: JSON.stringify(value) }))
}

const text = fc.oneof(fc.constant('Text'), word)
const money = fc.oneof(
  fc.nat(10_000).map((cents) => (cents / 100).toFixed(2)),
  word,
)
const quantity = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer(), fc.double())
const item = fc.record({ sku: text, productName: text, quantity, unitPrice: money })
const status = fc.constantFrom('PENDING', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'LOST')
const optional = { requiredKeys: [] }

const nearlyRight = fc.oneof(
  nearly(
    'POST',
    fc.constant('/users'),
    fc.record(
      { email: fc.oneof(fc.emailAddress(), word), name: text, profile: fc.record({ bio: text }, optional) },
      optional,
    ),
  ),
  nearly(
    'POST',
    fc.constant('/posts'),
    fc.record({
      authorId: id,
      title: text,
      content: text,
      published: fc.boolean(),
      tags: fc.array(text, { maxLength: 3 }),
    }),
  ),
  nearly(
    'POST',
    id.map((known) => `/posts/${known}/comments`),
    fc.record({ authorId: id, content: text }),
  ),
  nearly('POST', fc.constant('/orders'), fc.record({ customerId: id, items: fc.array(item, { maxLength: 3 }) })),
  nearly(
    'PATCH',
    id.map((known) => `/orders/${known}/status`),
    fc.record({ status }),
  ),
)

const field = fc.oneof(
  fc.constantFrom('email', 'name', 'profile', 'authorId', 'title', 'content', 'tags', 'customerId', 'items', 'status'),
  word,
)
const parameter = fc.oneof(
  fc.constantFrom(
    'first',
    'after',
    'author',
    'limit',
    'days',
    'q',
    'authorId',
    'tag',
    'from',
    'to',
    'customerId',
    'status',
  ),
  word,
)
const wild: fc.Arbitrary<Attempt> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'PATCH'),
  path: fc.oneof(
    fc.constantFrom('/users', '/users/active', '/posts', '/posts/search', '/analytics/posts', '/orders', '/statistics'),
    fc.tuple(fc.constantFrom('/users/', '/posts/', '/orders/'), word).map(([start, end]) => start + encode(end)),
    id.map((known) => `/posts/${known}/comments`),
    word.map((path) => `/${encode(path)}`),
  ),
  query: fc.dictionary(parameter, word, { maxKeys: 4 }),
  body: fc.oneof(
    fc
      .dictionary(field, fc.anything({ key: field, values: [word, fc.double(), fc.constant(null)] }))
      .map((value) => JSON.stringify(value) ?? ''),
    fc.json(),
    word,
  ),
})

const key = fc.option(
  word.map((text) => text.replaceAll(/[^\t\x20-\x7e]/g, '')),
  { freq: 2 },
)

/** Of an admin, of the user, of nobody; now and then something that is no token. */
const authorization = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('admin', 'user', 'nobody') },
  { weight: 1, arbitrary: word.map((text) => `Bearer ${text.replaceAll(/[^\t\x20-\x7e]/g, '')}`) },
)

async function headerOf(who: string): Promise<Record<string, string>> {
  if (who === 'nobody') return {}
  if (who === 'admin' || who === 'user') return tokenOf(ids[0] ?? '', { admin: who === 'admin' })
  return { authorization: who }
}

it(
  'answers anything with 2xx or a 4xx in the one shape',
  async () => {
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearlyRight, wild), key, authorization, async (attempt, key, who) => {
        const { method, path, query, body } = attempt
        const search = Object.entries(query ?? {}).map(([name, value]) => `${encode(name)}=${encode(value)}`)
        const response = await app.inject({
          method,
          url: search.length > 0 ? `${path}?${search.join('&')}` : path,
          headers: {
            ...(await headerOf(who)),
            ...(key !== null && { 'idempotency-key': key }),
            'content-type': 'application/json',
          },
          ...(method !== 'GET' && body !== undefined && { payload: body }),
        })
        statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1)
        expect(response.statusCode).toBeLessThan(500)
        if (response.statusCode < 400) return
        const { error, ...rest } = response.json()
        expect(rest).toEqual({})
        expect(Object.keys(error).filter((name) => name !== 'field')).toEqual(['code', 'message'])
        expect(error.message).not.toMatch(/prisma|sqlstate|node_modules|relation "|syntax error/i)
      }),
      { numRuns: rounds(400, 5_000) },
    )
    // The requests must get somewhere, or this shows nothing.
    for (const status of [200, 201, 400, 401, 403, 404]) expect([...statuses.keys()]).toContain(status)
  },
  rounds(60_000, 600_000),
)
