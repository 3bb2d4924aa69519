import { generateKeyPairSync, randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance } from 'fastify'
import { SignJWT, UnsecuredJWT } from 'jose'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShop, tokenKey, tokenOf, useShop } from '../test/use-shop.ts'
import { buildApp } from './app.ts'
import { createRecognizer } from './http/callers.ts'
import { runAsCallers } from './http/fastify.ts'
import { signToken } from './http/tokens.ts'
import { roles } from './roles.ts'

const shop = useShop()
let app: FastifyInstance
let [ada, bob] = ['', '']
let [bobsOrder, bobsDraft, bobsPost] = ['', '', '']

const line = { sku: 'SKU-1', productName: 'A thing', quantity: 1, unitPrice: '9.99' }

beforeAll(async () => {
  app = await buildApp({ prisma: shop.db, tokenKey })
  const signUp = async (name: string): Promise<string> => {
    const payload = { email: `${name}@secret.example`, name, profile: { bio: `${name}s bio` } }
    return (await app.inject({ method: 'POST', url: '/users', payload })).json().id
  }
  ;[ada, bob] = [await signUp('ada'), await signUp('bob')]
  const write = async (url: string, payload: object): Promise<string> => {
    const response = await send('POST', url, { as: bob, payload })
    expect(response.statusCode).toBe(201)
    return response.json().id
  }
  bobsOrder = await write('/orders', { customerId: bob, items: [line] })
  bobsDraft = await write('/posts', { authorId: bob, title: 'Draft', content: 'Not yet' })
  bobsPost = await write('/posts', { authorId: bob, title: 'Post', content: 'Text', published: true, tags: ['t'] })
  await write(`/posts/${bobsPost}/comments`, { authorId: bob, content: 'First' })
})

afterAll(() => app.close())

interface Sent {
  readonly as?: string
  readonly authorization?: string
  readonly payload?: object
}

async function send(method: 'GET' | 'POST' | 'PATCH', url: string, { as, authorization, payload }: Sent = {}) {
  const headers = authorization === undefined ? (as === undefined ? {} : await tokenOf(as)) : { authorization }
  return app.inject({ method, url, headers, ...(payload && { payload }) })
}

async function asOwner(sql: string): Promise<void> {
  const owner = new Client(shop.database.ownerUrl)
  await owner.connect()
  try {
    await owner.query(sql)
  } finally {
    await owner.end()
  }
}

const tables = ['users', 'user_profiles', 'posts', 'comments', 'post_tags', 'orders', 'order_items']

/** Shows that an attack succeeds where nothing but the policies keeps it off. */
async function withoutPolicies(work: () => Promise<void>): Promise<void> {
  const switched = (state: string) => tables.map((name) => `ALTER TABLE ${name} ${state} ROW LEVEL SECURITY`).join(';')
  await asOwner(switched('DISABLE'))
  try {
    await work()
  } finally {
    await asOwner(switched('ENABLE'))
  }
}

describe('a token', () => {
  const claims = () => new SignJWT({ admin: true }).setSubject(ada).setJti(randomBytes(8).toString('hex'))
  const complete = () => claims().setIssuer('shop').setAudience('shop-api').setExpirationTime('5m')
  const signed = (jwt: SignJWT, key: Uint8Array = tokenKey) => jwt.setProtectedHeader({ alg: 'HS256' }).sign(key)

  const forgeries: Record<string, () => string | Promise<string>> = {
    'signed with another key': () => signed(complete(), randomBytes(32)),
    'signed by nobody (alg: none)': () =>
      new UnsecuredJWT({ admin: true })
        .setSubject(ada)
        .setJti('1')
        .setIssuer('shop')
        .setAudience('shop-api')
        .setExpirationTime('5m')
        .encode(),
    'signed with the key as another algorithm’s': () =>
      complete()
        .setProtectedHeader({ alg: 'HS512' })
        .sign(Buffer.concat([tokenKey, Buffer.alloc(32)])),
    'signed with a key pair of the forger’s': () =>
      complete()
        .setProtectedHeader({ alg: 'RS256' })
        .sign(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    'changed after it was signed': async () => {
      const [head, , signature] = (await signToken(tokenKey, { userId: bob })).split('.')
      const body = { sub: ada, admin: true, iss: 'shop', aud: 'shop-api', exp: 9_999_999_999, jti: '1' }
      return `${head}.${Buffer.from(JSON.stringify(body)).toString('base64url')}.${signature}`
    },
    'without its signature': async () => (await signToken(tokenKey, { userId: ada })).replace(/[^.]*$/, ''),
    'of another issuer': () => signed(claims().setIssuer('other').setAudience('shop-api').setExpirationTime('5m')),
    'for another audience': () => signed(claims().setIssuer('shop').setAudience('other').setExpirationTime('5m')),
    'that has expired': () => signToken(tokenKey, { userId: ada, admin: true, lifetime: '-1s' }),
    'that never expires': () => signed(claims().setIssuer('shop').setAudience('shop-api')),
    'that cannot be told from another': () =>
      signed(
        new SignJWT({ admin: true }).setSubject(ada).setIssuer('shop').setAudience('shop-api').setExpirationTime('5m'),
      ),
    'of nobody': () =>
      signed(
        new SignJWT({ admin: true }).setJti('1').setIssuer('shop').setAudience('shop-api').setExpirationTime('5m'),
      ),
    'that is no token': () => 'x.y.z',
  }

  it.each(Object.entries(forgeries))('%s opens nothing, not even what is open to all', async (_, forge) => {
    const authorization = `Bearer ${await forge()}`
    for (const url of ['/statistics', `/users/${ada}`, '/orders', '/posts']) {
      const response = await send('GET', url, { authorization })
      expect([url, response.statusCode, response.json().error.code]).toEqual([url, 401, 'UNAUTHENTICATED'])
      expect(response.headers['www-authenticate']).toBe('Bearer')
      expect(response.body).not.toMatch(/signature|alg|issuer|audience|claim/i)
    }
  })

  it.each(['Basic YWRhOmFkYQ==', 'Bearer', 'Bearer a b', 'bearer  '])('is not taken from %j', async (authorization) => {
    expect((await send('GET', '/orders', { authorization })).statusCode).toBe(401)
  })

  it('that is right opens what it should (control)', async () => {
    const authorization = `Bearer ${await signed(complete())}`
    for (const url of ['/statistics', `/users/${ada}`, '/orders', '/posts'])
      expect([url, (await send('GET', url, { authorization })).statusCode]).toEqual([url, 200])
  })

  it('makes nobody an admin but by the word of the shop', async () => {
    for (const admin of ['true', 1, {}, 'admin_role']) {
      const jwt = new SignJWT({ admin, role: 'admin_role' })
        .setSubject(ada)
        .setJti('1')
        .setIssuer('shop')
        .setAudience('shop-api')
      const authorization = `Bearer ${await signed(jwt.setExpirationTime('5m'))}`
      expect((await send('GET', '/statistics', { authorization })).statusCode).toBe(403)
    }
  })

  it('whose user is a piece of SQL names a user who has nothing', async () => {
    for (const as of ["' OR true --", "'; DROP TABLE orders; --", '\\', bob.toUpperCase(), `${bob} `, '*', '%']) {
      expect((await send('GET', '/orders', { as })).json().items).toEqual([])
      expect((await send('GET', `/orders/${bobsOrder}`, { as })).statusCode).toBe(404)
    }
  })
})

describe('a token that is sent again', () => {
  const order = () => ({ customerId: ada, items: [line] })
  const ordersOfAda = () => shop.prisma.order.count({ where: { customerId: ada } })

  it('reads again, and writes once', async () => {
    const { authorization } = await tokenOf(ada)
    const before = await ordersOfAda()
    expect((await send('POST', '/orders', { authorization, payload: order() })).statusCode).toBe(201)
    for (const url of ['/orders', `/posts/${bobsPost}/comments`]) {
      const again = await send('POST', url, {
        authorization,
        payload: url === '/orders' ? order() : { authorId: ada, content: 'C' },
      })
      expect([again.statusCode, again.json().error.code]).toEqual([401, 'UNAUTHENTICATED'])
    }
    expect((await send('GET', '/orders', { authorization })).statusCode).toBe(200)
    expect(await ordersOfAda()).toBe(before + 1)
  })

  it('writes once also of thirty requests at once, on two processes', async () => {
    const other = await openShop({ url: shop.database.url, maxConnections: 4 })
    const second = await buildApp({ prisma: other, tokenKey })
    try {
      const headers = await tokenOf(ada)
      const before = await ordersOfAda()
      const responses = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          (i % 2 ? app : second).inject({ method: 'POST', url: '/orders', headers, payload: order() }),
        ),
      )
      expect(responses.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
      expect(responses.filter(({ statusCode }) => statusCode === 401)).toHaveLength(29)
      expect(await ordersOfAda()).toBe(before + 1)
    } finally {
      await second.close()
      await other.$close()
    }
  })

  it('is spent by a write that fails, and not by one that cannot begin', async () => {
    const { authorization } = await tokenOf(ada)
    expect((await send('POST', '/orders', { authorization, payload: { customerId: ada } })).statusCode).toBe(400)
    const forbidden = { authorId: bob, title: 'T', content: 'C' }
    expect((await send('POST', '/posts', { authorization, payload: forbidden })).statusCode).toBe(403)
    expect((await send('POST', '/orders', { authorization, payload: order() })).statusCode).toBe(401)
  })

  it('would write again if the shop forgot (control)', async () => {
    const { authorization } = await tokenOf(ada)
    const post = () => send('POST', '/orders', { authorization, payload: order() })
    expect((await post()).statusCode).toBe(201)
    await shop.prisma.spentToken.deleteMany()
    expect((await post()).statusCode).toBe(201)
  })
})

describe('somebody else’s rows', () => {
  interface Attack {
    readonly attack: () => ReturnType<typeof send>
    /** The answers that show nothing and change nothing. */
    readonly refused: number
    /** Without policies; the grants alone stop what has none. */
    readonly open?: number
  }

  const attacks: Record<string, Attack> = {
    'reading a user': { attack: () => send('GET', `/users/${bob}`, { as: ada }), refused: 404, open: 200 },
    'reading an order': { attack: () => send('GET', `/orders/${bobsOrder}`, { as: ada }), refused: 404, open: 200 },
    'reading a draft': { attack: () => send('GET', `/posts/${bobsDraft}`, { as: ada }), refused: 404, open: 200 },
    'reading a draft as nobody': { attack: () => send('GET', `/posts/${bobsDraft}`), refused: 404, open: 200 },
    'cancelling an order': {
      attack: () => send('PATCH', `/orders/${bobsOrder}/status`, { as: ada, payload: { status: 'CANCELLED' } }),
      refused: 404,
    },
    'ordering in another’s name': {
      attack: () => send('POST', '/orders', { as: ada, payload: { customerId: bob, items: [line] } }),
      refused: 400,
      open: 201,
    },
    'posting in another’s name': {
      attack: () =>
        send('POST', '/posts', { as: ada, payload: { authorId: bob, title: 'T', content: 'C', published: true } }),
      refused: 403,
      open: 201,
    },
    'commenting in another’s name': {
      attack: () => send('POST', `/posts/${bobsPost}/comments`, { as: ada, payload: { authorId: bob, content: 'C' } }),
      refused: 403,
      open: 201,
    },
    'moving one’s own order on': {
      attack: async () => {
        const placed = await send('POST', '/orders', { as: ada, payload: { customerId: ada, items: [line] } })
        return send('PATCH', `/orders/${placed.json().id}/status`, { as: ada, payload: { status: 'PROCESSING' } })
      },
      refused: 403,
      open: 200,
    },
  }

  const counts = () =>
    shop.prisma.$transaction([
      shop.prisma.post.count({ where: { authorId: bob } }),
      shop.prisma.comment.count({ where: { authorId: bob } }),
      shop.prisma.order.groupBy({
        by: ['status'],
        where: { customerId: bob },
        _count: true,
        orderBy: { status: 'asc' },
      }),
    ])

  it.each(Object.entries(attacks))('%s is refused', async (_, { attack, refused }) => {
    const before = await counts()
    const response = await attack()
    expect(response.statusCode).toBe(refused)
    expect(response.body).not.toContain('bob')
    expect(await counts()).toEqual(before)
  })

  it('are kept by the policies (control)', async () => {
    await withoutPolicies(async () => {
      for (const [name, { attack, open }] of Object.entries(attacks))
        if (open !== undefined) expect([name, (await attack()).statusCode]).toEqual([name, open])
    })
  })

  it('are in no list', async () => {
    for (const url of ['/orders', `/orders?customerId=${bob}`, '/orders?status=PENDING'])
      for (const { customerId } of (await send('GET', url, { as: ada })).json().items) expect(customerId).toBe(ada)
    const { items } = (await send('GET', '/posts?limit=100', { as: ada })).json()
    expect(items.map(({ id }: { id: string }) => id)).not.toContain(bobsDraft)
  })

  it.each(['/statistics', '/users/active'])('%s is for admins', async (url) => {
    expect((await send('GET', url)).statusCode).toBe(401)
    expect((await send('GET', url, { as: ada })).statusCode).toBe(403)
  })

  it.each(['/orders', '/users/ada'])('%s is not for nobody', async (url) => {
    expect((await send('GET', url)).statusCode).toBe(401)
  })
})

describe('e-mail addresses', () => {
  it('are in no answer that others get, while names are', async () => {
    const urls = ['/posts', '/posts/search?q=Text', `/posts/${bobsPost}`, `/users/${ada}`, '/orders']
    const answers = await Promise.all(urls.map(async (url) => (await send('GET', url, { as: ada })).body))
    expect(answers.join()).not.toContain('bob@')
    expect((await send('GET', `/posts/${bobsPost}`)).json()).toMatchObject({
      author: { name: 'bob' },
      comments: expect.arrayContaining([expect.objectContaining({ author: { id: bob, name: 'bob' } })]),
    })
  })

  it('cannot be asked for by whoever reads posts: the role has no right to the column', async () => {
    const reader = shop.db.$as({ role: roles.reader })
    const questions = [
      reader.post.findMany({ include: { author: true } }),
      reader.post.findMany({ where: { author: { email: { startsWith: 'b' } } } }),
      reader.user.findMany({ orderBy: { email: 'asc' }, select: { id: true } }),
      reader.$queryRaw`SELECT email FROM users`,
      reader.userProfile.findMany(),
    ]
    for (const question of questions) await expect(question).rejects.toThrow(/denied/)
    expect(await reader.user.findMany({ select: { name: true }, orderBy: { id: 'asc' } })).toHaveLength(2)
  })

  it('cannot be written by whoever reads posts', async () => {
    const reader = shop.db.$as({ userId: bob, role: roles.reader })
    await expect(reader.post.updateMany({ data: { title: 'X' } })).rejects.toThrow(/denied/)
    await expect(reader.user.updateMany({ data: { name: 'X' } })).rejects.toThrow(/denied/)
  })
})

it('serves no route that does not say as whom it runs', async () => {
  const careless = Fastify()
  runAsCallers(careless, createRecognizer(shop.db, tokenKey))
  expect(() => careless.get('/backdoor', async () => 'open')).toThrow('GET /backdoor')
  await careless.close()
})
