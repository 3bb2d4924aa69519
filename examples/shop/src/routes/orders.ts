import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { OrderModel } from '../../generated/prisma/models.ts'
import { type OrderWithItems, orderStatuses } from '../services/order-service.ts'
import { answers, Id, IdParams, Instant, Money, Page, PageQuery, strict, text } from './schemas.ts'

const Status = Type.Enum(orderStatuses)

const Listed = Type.Object({
  id: Id,
  orderNumber: Type.String(),
  status: Status,
  total: Money,
  customerId: Id,
  createdAt: Instant,
  updatedAt: Instant,
})

const Line = {
  sku: text(64),
  productName: text(200),
  quantity: Type.Integer({ minimum: 1, maximum: 10_000 }),
  unitPrice: Money,
}

const Whole = Type.Object({
  ...Listed.properties,
  items: Type.Array(Type.Object({ ...Line, position: Type.Integer() })),
})

const NewOrder = strict({ customerId: Id, items: Type.Array(strict(Line), { minItems: 1, maxItems: 100 }) })

const IdempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ pattern: '^[!-~]{1,200}$', description: 'Sent again with the same order, it orders only once' }),
  ),
})

export const orderRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/orders',
    {
      schema: {
        tags: ['orders'],
        summary: 'Your orders, for admins everyone’s, the latest first',
        querystring: strict({ ...PageQuery, customerId: Type.Optional(Id), status: Type.Optional(Status) }),
        response: answers({ 200: Page(Listed) }, 400),
      },
    },
    async ({ query: { first, after, ...filters }, services }) => {
      const page = await services.orders.getPaginatedOrders(filters, after, first)
      return { ...page, items: page.items.map(present) }
    },
  )

  app.get(
    '/orders/:id',
    {
      schema: {
        tags: ['orders'],
        summary: 'An order with its items',
        params: IdParams,
        response: answers({ 200: Whole }, 400, 404),
      },
    },
    async ({ params, services }) => presentWhole(await services.orders.getOrder(params.id)),
  )

  app.post(
    '/orders',
    {
      schema: {
        tags: ['orders'],
        summary: 'Place an order',
        headers: IdempotencyKey,
        body: NewOrder,
        response: answers({ 200: Whole, 201: Whole }, 400, 422, 503),
      },
    },
    async ({ body, headers, services }, reply) => {
      const key = headers['idempotency-key']
      const { order, placed } = await services.orders.placeOrder({
        ...body,
        ...(key !== undefined && { idempotencyKey: key }),
      })
      return reply
        .code(placed ? 201 : 200)
        .header('location', `/orders/${order.id}`)
        .send(presentWhole(order))
    },
  )

  app.patch(
    '/orders/:id/status',
    {
      schema: {
        tags: ['orders'],
        summary: 'Cancel an order; for admins, move it to any status that follows',
        params: IdParams,
        body: strict({ status: Status }),
        response: answers({ 200: Whole }, 400, 404, 409, 422),
      },
    },
    async ({ params, body, services }) => presentWhole(await services.orders.changeStatus(params.id, body.status)),
  )
}

function present(order: OrderModel) {
  return {
    ...order,
    total: order.total.toFixed(2),
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  }
}

function presentWhole(order: OrderWithItems) {
  const items = order.items.map((item) => ({ ...item, unitPrice: item.unitPrice.toFixed(2) }))
  return { ...present(order), items }
}
