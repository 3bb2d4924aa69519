import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, openUnanswered, tokenKey, tokenOf, useShop } from '../test/use-shop.ts'
import { buildApp } from './app.ts'

const shop = useShop()
let app: FastifyInstance
let userId: string | undefined
let postId: string

beforeAll(async () => {
  app = await buildApp({ prisma: shop.db, tokenKey })
  const user = await call('POST', '/users', { email: 'ada@example.com', name: 'Ada' })
  userId = user.json().id
  const post = await call('POST', '/posts', { authorId: userId, title: 'On engines', content: 'Text', published: true })
  postId = post.json().id
})

afterAll(() => app.close())

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

type Headers = Readonly<Record<string, string>>

/** A request of Ada's, unless the headers say whose. */
async function call(method: Method, url: string, payload?: string | object, headers?: Headers) {
  const content = typeof payload === 'string' ? { 'content-type': 'application/json' } : {}
  const authorization = userId === undefined ? {} : await tokenOf(userId)
  return app.inject({
    method,
    url,
    headers: { ...content, ...authorization, ...headers },
    ...(payload !== undefined && { payload }),
  })
}

const admin = () => tokenOf('staff', { admin: true })

const line = { sku: 'SKU-1', productName: 'A thing', quantity: 2, unitPrice: '9.99' }

describe('what works', () => {
  it('serves a user', async () => {
    const response = await call('GET', `/users/${userId}`)
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({ id: userId, email: 'ada@example.com', profile: null, postCount: 1 })
  })

  it('says where a new thing is', async () => {
    const created = await call('POST', '/users', {
      email: 'new@example.com',
      profile: { website: 'https://example.com' },
    })
    expect(created.statusCode).toBe(201)
    const own = await tokenOf(created.json().id)
    const found = await call('GET', String(created.headers.location), undefined, own)
    expect(found.json()).toEqual(created.json())
  })

  it('serves active users', async () => {
    const response = await call('GET', '/users/active?limit=5&days=7', undefined, await admin())
    expect(response.json()).toMatchObject({ items: [{ id: userId, posts: [{ id: postId, title: 'On engines' }] }] })
  })

  it('serves posts by page, by text and with comments', async () => {
    const comment = await call('POST', `/posts/${postId}/comments`, { authorId: userId, content: 'Ünïcödé 👩‍🚀' })
    expect(comment.statusCode).toBe(201)
    expect((await call('GET', `/posts/${postId}`)).json()).toMatchObject({
      commentCount: 1,
      comments: [{ content: 'Ünïcödé 👩‍🚀', author: { name: 'Ada' } }],
    })
    expect((await call('GET', '/posts?first=1')).json()).toMatchObject({ items: [{ id: postId, commentCount: 1 }] })
    expect((await call('GET', '/posts/search?q=ENGINE')).json()).toMatchObject({ items: [{ id: postId }] })
    expect((await call('GET', '/posts/search?q=%25')).json()).toMatchObject({ items: [], facets: { tags: [] } })
  })

  it('serves statistics and analytics', async () => {
    expect((await call('GET', '/statistics', undefined, await admin())).json()).toMatchObject({
      topAuthors: [{ id: userId, postCount: 1 }],
    })
    const today = new Date().toISOString().slice(0, 10)
    await shop.prisma.dailyPostStats.refresh()
    const { dailyStats, ...rest } = (await call('GET', `/analytics/posts?from=${today}&to=${today}`)).json()
    expect(rest).toEqual({ timeZone: 'UTC', source: 'view', refreshedAt: expect.any(String) })
    const there = await call('GET', `/analytics/posts?from=${today}&to=${today}&timeZone=Etc/GMT`)
    expect(there.json()).toEqual({ timeZone: expect.any(String), source: 'rows', refreshedAt: null, dailyStats })
    expect(dailyStats).toEqual([{ date: today, postCount: 1, uniqueAuthors: 1, avgContentLength: 4 }])
  })

  it('takes an order, once for each key, and moves it on', async () => {
    const place = () => call('POST', '/orders', { customerId: userId, items: [line] }, { 'idempotency-key': 'cart' })
    const placed = await place()
    expect(placed.statusCode).toBe(201)
    expect(placed.json()).toMatchObject({
      total: '19.98',
      status: 'PENDING',
      items: [{ position: 1, unitPrice: '9.99' }],
    })
    const again = await place()
    expect([again.statusCode, again.json()]).toEqual([200, placed.json()])
    const { id } = placed.json()
    const moved = await call('PATCH', `/orders/${id}/status`, { status: 'PROCESSING' }, await admin())
    expect(moved.json()).toMatchObject({ status: 'PROCESSING', total: '19.98' })
    expect((await call('GET', `/orders/${id}`)).json()).toEqual(moved.json())
    expect((await call('GET', `/orders?customerId=${userId}&status=PROCESSING`)).json()).toMatchObject({
      items: [{ id }],
    })
  })

  it('documents every route', async () => {
    const { paths, openapi } = (await call('GET', '/docs/json')).json()
    expect(openapi).toBe('3.1.0')
    expect(Object.keys(paths).sort()).toEqual([
      '/analytics/posts',
      '/health/live',
      '/health/ready',
      '/orders',
      '/orders/{id}',
      '/orders/{id}/status',
      '/posts',
      '/posts/search',
      '/posts/{id}',
      '/posts/{id}/comments',
      '/statistics',
      '/users',
      '/users/active',
      '/users/{id}',
      '/users:bulk',
    ])
    expect((await call('GET', '/docs/')).statusCode).toBe(200)
    expect((await call('GET', '/')).headers.location).toBe('/docs')
  })

  it('answers 200 requests at once from a pool of five', async () => {
    const prisma = await openShop({ url: shop.database.url, maxConnections: 5 })
    const small = await buildApp({ prisma, tokenKey })
    const headers = await admin()
    try {
      const responses = await Promise.all(
        Array.from({ length: 200 }, () => small.inject({ url: '/users/active?limit=10&days=30', headers })),
      )
      expect(new Set(responses.map((response) => response.statusCode))).toEqual(new Set([200]))
    } finally {
      await small.close()
      await prisma.$disconnect()
    }
  })
})

describe('what is refused', () => {
  const user = { email: 'x@example.com' }
  const order = (change: object) => ({ customerId: 'nobody', items: [{ ...line, ...change }] })

  it.each<[Method, string, string | object | undefined, number, string, string?]>([
    // what is not there
    ['GET', '/users/nobody', undefined, 404, 'NOT_FOUND'],
    ['GET', '/posts/nothing', undefined, 404, 'NOT_FOUND'],
    ['GET', '/orders/nothing', undefined, 404, 'NOT_FOUND'],
    ['PATCH', '/orders/nothing/status', { status: 'SHIPPED' }, 404, 'NOT_FOUND'],
    ['POST', '/posts/nothing/comments', { authorId: 'a', content: 'b' }, 404, 'NOT_FOUND'],
    ['GET', '/nothing', undefined, 404, 'NOT_FOUND'],
    ['DELETE', '/users/nobody', undefined, 404, 'NOT_FOUND'],
    // ids that are not ids
    ['GET', '/users/%00', undefined, 400, 'INVALID_REQUEST', 'id'],
    ['GET', "/users/'%20OR%201=1--", undefined, 400, 'INVALID_REQUEST', 'id'],
    ['GET', `/users/${'x'.repeat(90)}`, undefined, 400, 'INVALID_REQUEST', 'id'],
    ['GET', '/users/%zz', undefined, 400, 'INVALID_REQUEST'],
    ['GET', '/users/%F0%9F%98%80', undefined, 400, 'INVALID_REQUEST', 'id'],
    // queries
    ['GET', '/users/active?limit=0', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?limit=-1', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?limit=101', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?limit=1e2', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?limit=', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?limit=NaN', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?limit=1&limit=2', undefined, 400, 'INVALID_REQUEST', 'limit'],
    ['GET', '/users/active?days=99999999999999999999', undefined, 400, 'INVALID_REQUEST', 'days'],
    ['GET', '/users/active?dayz=3', undefined, 400, 'INVALID_REQUEST', 'dayz'],
    ['GET', '/posts?after=AAAA', undefined, 400, 'INVALID_REQUEST', 'after'],
    ['GET', '/posts?first=101', undefined, 400, 'INVALID_REQUEST', 'first'],
    ['GET', '/posts/search', undefined, 400, 'INVALID_REQUEST', 'q'],
    ['GET', '/posts/search?q=%20', undefined, 400, 'INVALID_REQUEST', 'q'],
    ['GET', '/posts/search?q=a%00b', undefined, 400, 'INVALID_REQUEST', 'q'],
    ['GET', '/posts/search?q=a&after=AAAA', undefined, 400, 'INVALID_REQUEST', 'after'],
    ['GET', '/posts/search?q=a&order=oldest', undefined, 400, 'INVALID_REQUEST', 'order'],
    [
      'GET',
      '/analytics/posts?from=2026-01-01&to=2026-01-01&timeZone=No/Where',
      undefined,
      400,
      'INVALID_REQUEST',
      'timeZone',
    ],
    ['GET', '/analytics/posts?from=2026-01-01', undefined, 400, 'INVALID_REQUEST', 'to'],
    ['GET', '/analytics/posts?from=2026-02-30&to=2026-03-01', undefined, 400, 'INVALID_REQUEST', 'from'],
    ['GET', '/analytics/posts?from=0000-01-01&to=2026-03-01', undefined, 400, 'INVALID_REQUEST', 'from'],
    ['GET', '/analytics/posts?from=2026-03-02&to=2026-03-01', undefined, 400, 'INVALID_REQUEST', 'to'],
    ['GET', '/analytics/posts?from=1900-01-01&to=2199-12-31', undefined, 400, 'INVALID_REQUEST', 'to'],
    ['GET', '/orders?status=LOST', undefined, 400, 'INVALID_REQUEST', 'status'],
    ['GET', '/orders?after=AAAA', undefined, 400, 'INVALID_REQUEST', 'after'],
    ['GET', '/orders?first=101', undefined, 400, 'INVALID_REQUEST', 'first'],
    // bodies
    ['POST', '/users', undefined, 400, 'INVALID_REQUEST', 'body'],
    ['POST', '/users', '{"email"', 400, 'INVALID_REQUEST', 'body'],
    ['POST', '/users', '', 400, 'INVALID_REQUEST', 'body'],
    ['POST', '/users', '[]', 400, 'INVALID_REQUEST', 'body'],
    ['POST', '/users', 'null', 400, 'INVALID_REQUEST', 'body'],
    ['POST', '/users', '{"__proto__":{"admin":true}}', 400, 'INVALID_REQUEST', 'body'],
    ['POST', '/users', {}, 400, 'INVALID_REQUEST', 'email'],
    ['POST', '/users', { email: 'no address' }, 400, 'INVALID_REQUEST', 'email'],
    ['POST', '/users', { email: ['x@example.com'] }, 400, 'INVALID_REQUEST', 'email'],
    ['POST', '/users', { ...user, name: 'nul\0' }, 400, 'INVALID_REQUEST', 'name'],
    ['POST', '/users', '{"email":"x@example.com","name":"\\ud800"}', 400, 'INVALID_REQUEST', 'name'],
    ['POST', '/users', { ...user, name: ' ' }, 400, 'INVALID_REQUEST', 'name'],
    ['POST', '/users', { ...user, admin: true }, 400, 'INVALID_REQUEST', 'admin'],
    ['POST', '/users', { ...user, profile: { website: 'javascript:x' } }, 400, 'INVALID_REQUEST', 'profile.website'],
    ['POST', '/users', { ...user, name: 'x'.repeat(300_000) }, 413, 'BODY_TOO_LARGE'],
    ['POST', '/users', { email: 'ADA@example.com' }, 409, 'EMAIL_TAKEN', 'email'],
    ['POST', '/posts', { authorId: 'nobody', title: 'T', content: 'C' }, 400, 'UNKNOWN_REFERENCE', 'authorId'],
    ['POST', '/posts', { authorId: 'a', title: 'T', content: 'C', tags: ['a\0'] }, 400, 'INVALID_REQUEST', 'tags[0]'],
    ['POST', '/orders', order({}), 400, 'UNKNOWN_REFERENCE', 'customerId'],
    ['POST', '/orders', { customerId: 'a', items: [] }, 400, 'INVALID_REQUEST', 'items'],
    ['POST', '/orders', order({ quantity: 0 }), 400, 'INVALID_REQUEST', 'items[0].quantity'],
    ['POST', '/orders', order({ quantity: -1 }), 400, 'INVALID_REQUEST', 'items[0].quantity'],
    ['POST', '/orders', order({ quantity: 1.5 }), 400, 'INVALID_REQUEST', 'items[0].quantity'],
    ['POST', '/orders', order({ quantity: '1' }), 400, 'INVALID_REQUEST', 'items[0].quantity'],
    ['POST', '/orders', order({ quantity: 1e300 }), 400, 'INVALID_REQUEST', 'items[0].quantity'],
    ['POST', '/orders', order({ unitPrice: 9.99 }), 400, 'INVALID_REQUEST', 'items[0].unitPrice'],
    ['POST', '/orders', order({ unitPrice: '9.999' }), 400, 'INVALID_REQUEST', 'items[0].unitPrice'],
    ['POST', '/orders', order({ unitPrice: '-1' }), 400, 'INVALID_REQUEST', 'items[0].unitPrice'],
    ['POST', '/orders', order({ unitPrice: '1e5' }), 400, 'INVALID_REQUEST', 'items[0].unitPrice'],
    ['POST', '/orders', order({ unitPrice: '100000000' }), 400, 'INVALID_REQUEST', 'items[0].unitPrice'],
    ['POST', '/orders', order({ unitPrice: `0.${'0'.repeat(500)}1` }), 400, 'INVALID_REQUEST', 'items[0].unitPrice'],
    ['POST', '/orders', order({ total: '0.01' }), 400, 'INVALID_REQUEST', 'items[0].total'],
    ['PATCH', '/orders/nothing/status', { status: 'LOST' }, 400, 'INVALID_REQUEST', 'status'],
  ])('%s %s %j', async (method, url, body, status, code, field) => {
    // As an admin: what is refused here is refused to everyone.
    const response = await call(method, url, body, await admin())
    const { error, ...rest } = response.json()
    expect([response.statusCode, error.code, error.field]).toEqual([status, code, field])
    expect(rest).toEqual({})
    expect(error.message).not.toMatch(/prisma|select|insert|relation|constraint|node_modules|\.ts\b/i)
  })

  it('takes JSON only', async () => {
    const response = await call('POST', '/users', 'email=x', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([response.statusCode, response.json().error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it('forbids a status that does not follow, and an order beyond the credit limit', async () => {
    const { id } = (await call('POST', '/orders', { customerId: userId, items: [line] })).json()
    const refused = await call('PATCH', `/orders/${id}/status`, { status: 'DELIVERED' }, await admin())
    expect([refused.statusCode, refused.json().error]).toMatchObject([
      422,
      { code: 'STATUS_NOT_ALLOWED', field: 'status' },
    ])
    const large = { ...line, unitPrice: '99999999.99', quantity: 10_000 }
    const dear = await call('POST', '/orders', { customerId: userId, items: Array(100).fill(large) })
    expect([dear.statusCode, dear.json().error.code]).toEqual([422, 'CREDIT_LIMIT_EXCEEDED'])
  })

  it('refuses a key that is not one', async () => {
    const body = { customerId: userId, items: [line] }
    for (const key of ['', 'two words', 'x'.repeat(201)]) {
      const response = await call('POST', '/orders', body, { 'idempotency-key': key })
      expect([response.statusCode, response.json().error.field]).toEqual([400, 'idempotency-key'])
    }
  })

  it('answers what is not HTTP in the same shape', async () => {
    const separate = await buildApp({ prisma: shop.db, tokenKey })
    const port = Number(new URL(await separate.listen({ port: 0, host: '127.0.0.1' })).port)
    try {
      expect(await rawRequest(port, 'NONSENSE\r\n\r\n')).toMatch(
        /^HTTP\/1\.1 400 [\s\S]*\{"error":\{"code":"INVALID_REQUEST"/,
      )
      const endless = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`
      expect(await rawRequest(port, endless)).toMatch(/^HTTP\/1\.1 431 [\s\S]*\{"error":\{"code":"INVALID_REQUEST"/)
    } finally {
      await separate.close()
    }
  })
})

it('answers 503 and nothing of the cause when the database is gone', async () => {
  const prisma = await openUnanswered({ url: 'postgresql://user:secret@127.0.0.1:1/shop', maxConnections: 1 })
  const orphan = await buildApp({ prisma, tokenKey })
  const headers = await admin()
  try {
    for (const url of ['/health/ready', '/users/active', '/posts', '/statistics']) {
      const response = await orphan.inject({ url, headers })
      expect([url, response.statusCode, response.json().error.code]).toEqual([url, 503, 'UNAVAILABLE'])
      expect(response.body).not.toMatch(/127\.0\.0\.1|secret|ECONNREFUSED/)
    }
    expect((await orphan.inject('/health/live')).statusCode).toBe(200)
  } finally {
    await orphan.close()
    await prisma.$disconnect()
  }
})

function rawRequest(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += String(chunk)
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
