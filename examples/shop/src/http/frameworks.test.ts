import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import express, { type ErrorRequestHandler } from 'express'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenKey, tokenOf, useShop } from '../../test/use-shop.ts'
import { buildApp } from '../app.ts'
import { isShopError } from '../errors.ts'
import type { CreatePostData } from '../services/post-service.ts'
import { createRecognizer, type Recognize } from './callers.ts'
import { runAs as runAsExpress } from './express.ts'
import { type CallerVariables, runAs as runAsHono } from './hono.ts'

const shop = useShop()
const users: string[] = []

beforeAll(async () => {
  for (const name of ['ada', 'bob']) {
    const data = { email: `${name}@example.com`, name, orders: { create: { orderNumber: name, total: 1 } } }
    users.push((await shop.prisma.user.create({ data })).id)
  }
})

interface Running {
  readonly url: string
  close(): Promise<void>
}

async function running(server: Server): Promise<Running> {
  if (!server.listening) await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** What a shop's error is to a caller; anything else is the server's own fault. */
function statusOf(error: unknown): 401 | 403 | 500 {
  if (isShopError(error, 'UNAUTHENTICATED')) return 401
  return isShopError(error, 'FORBIDDEN') ? 403 : 500
}

const frameworks: Record<string, (recognize: Recognize) => Promise<Running>> = {
  async Fastify() {
    const app = await buildApp({ prisma: shop.db, tokenKey })
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
  },
  async Express(recognize) {
    const app = express().use(express.json())
    app.get('/orders', runAsExpress(recognize, 'member'), async (_request, response) => {
      response.json(await response.locals.services.orders.getPaginatedOrders())
    })
    app.post('/posts', runAsExpress(recognize, 'member'), async (request, response) => {
      response.status(201).json(await response.locals.services.posts.createPost(request.body as CreatePostData))
    })
    app.get('/statistics', runAsExpress(recognize, 'admin'), async (_request, response) => {
      response.json(await response.locals.services.bulk.getUserStatistics())
    })
    const answerError: ErrorRequestHandler = (error, _request, response, _next) =>
      void response.sendStatus(statusOf(error))
    app.use(answerError)
    return running(app.listen(0, '127.0.0.1'))
  },
  async Hono(recognize) {
    const app = new Hono<{ Variables: CallerVariables }>()
    app.get('/orders', runAsHono(recognize, 'member'), async (context) =>
      context.json(await context.var.services.orders.getPaginatedOrders()),
    )
    app.post('/posts', runAsHono(recognize, 'member'), async (context) =>
      context.json(await context.var.services.posts.createPost(await context.req.json()), 201),
    )
    app.get('/statistics', runAsHono(recognize, 'admin'), async (context) =>
      context.json(await context.var.services.bulk.getUserStatistics()),
    )
    app.onError((error, context) => context.body(null, statusOf(error)))
    return running(serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server)
  },
}

describe.each(Object.entries(frameworks))('%s', (_, open) => {
  let site: Running
  beforeAll(async () => {
    site = await open(createRecognizer(shop.db, tokenKey))
  })
  afterAll(() => site.close())

  const get = async (path: string, headers: Record<string, string> = {}) => fetch(`${site.url}${path}`, { headers })

  it('runs every request as its own caller, also of many at once', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const response = await get('/orders', await tokenOf(users[i % 2]!))
        const { items } = (await response.json()) as { items: { orderNumber: string }[] }
        return items.map(({ orderNumber }) => orderNumber)
      }),
    )
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => [i % 2 ? 'bob' : 'ada']))
  })

  it('asks for a token where one is needed, and takes none that is not the shop’s', async () => {
    expect((await get('/orders')).status).toBe(401)
    expect((await get('/orders', { authorization: 'Bearer x.y.z' })).status).toBe(401)
    expect((await get('/statistics', await tokenOf(users[0]!))).status).toBe(403)
    expect((await get('/statistics', await tokenOf('staff', { admin: true }))).status).toBe(200)
  })

  it('lets a token write once', async () => {
    const headers = { ...(await tokenOf(users[0]!)), 'content-type': 'application/json' }
    const body = JSON.stringify({ authorId: users[0], title: 'T', content: 'C' })
    const post = () => fetch(`${site.url}/posts`, { method: 'POST', headers, body })
    expect([(await post()).status, (await post()).status]).toEqual([201, 401])
  })
})
