import { Client } from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { rounds } from '../../../../test/rounds.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { useShop } from '../../test/use-shop.ts'
import { isShopError } from '../errors.ts'
import { CREDIT_LIMIT, type OrderLine, OrderService, orderStatuses, transitions } from './order-service.ts'

const shop = useShop()
let customers = 0

async function newCustomer(): Promise<string> {
  const { id } = await shop.prisma.user.create({ data: { email: `customer-${++customers}@example.com` } })
  return id
}

function line(unitPrice: string, quantity = 1): OrderLine {
  return { sku: 'SKU-1', productName: 'A thing', quantity, unitPrice }
}

describe('OrderService', () => {
  let orders: OrderService
  let customerId: string

  beforeEach(async () => {
    orders = new OrderService(shop.prisma)
    customerId = await newCustomer()
  })

  it('places an order with its items in order, exact to the cent', async () => {
    const { order, placed } = await orders.placeOrder({
      customerId,
      items: [line('0.10', 3), line('19.99'), line('0.01')],
    })
    expect(placed).toBe(true)
    expect(order.total.toFixed(2)).toBe('20.30')
    expect(order.status).toBe('PENDING')
    expect(order.orderNumber).toMatch(/^(?:[0-9A-V]{4}-){3}[0-9A-V]{4}$/)
    expect(order.items.map((item) => [item.position, item.unitPrice.toFixed(2)])).toEqual([
      [1, '0.10'],
      [2, '19.99'],
      [3, '0.01'],
    ])
  })

  it('keeps totals right to the cent under 50 concurrent orders', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, newCustomer))
    const placed = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        orders.placeOrder({
          customerId: others[index % others.length] ?? customerId,
          items: [line('0.10', index + 1), line(`${index}.99`, 3)],
        }),
      ),
    )
    const cents = (index: number) => 10 * (index + 1) + 3 * (100 * index + 99)
    expect(placed.map(({ order }) => order.total.times(100).toNumber())).toEqual(placed.map((_, index) => cents(index)))
    const wrong = await shop.prisma.$queryRaw`
      SELECT orders.id FROM orders JOIN order_items ON order_id = orders.id
      GROUP BY orders.id HAVING sum(quantity * unit_price) <> total`
    expect(wrong).toEqual([])
    expect(await shop.prisma.order.count({ where: { customerId: { in: others } } })).toBe(50)
  })

  it('never lets concurrent orders pass the credit limit together', async () => {
    const attempts = 30
    const each = new Prisma.Decimal(CREDIT_LIMIT).dividedBy(10).toFixed(2)
    const results = await Promise.allSettled(
      Array.from({ length: attempts }, () => orders.placeOrder({ customerId, items: [line(each)] })),
    )
    const refused = results.filter((result) => result.status === 'rejected').map((result) => result.reason)
    expect(refused.filter((error) => !isShopError(error, 'CREDIT_LIMIT_EXCEEDED'))).toEqual([])
    expect(refused).toHaveLength(attempts - 10)
    const { _sum } = await shop.prisma.order.aggregate({ _sum: { total: true }, where: { customerId } })
    expect(_sum.total?.toFixed(2)).toBe(CREDIT_LIMIT)
  })

  it('places one order for one key, however often and at once it is asked', async () => {
    const request = { customerId, items: [line('5.00', 2)], idempotencyKey: 'cart-1' }
    const results = await Promise.all(Array.from({ length: 10 }, () => orders.placeOrder(request)))
    expect(new Set(results.map(({ order }) => order.id)).size).toBe(1)
    expect(results.filter(({ placed }) => placed)).toHaveLength(1)
    expect(await shop.prisma.order.count({ where: { customerId } })).toBe(1)
  })

  it.each([
    ['in the middle', 'CREATE TRIGGER fail_twice AFTER INSERT'],
    ['at COMMIT', 'CREATE CONSTRAINT TRIGGER fail_twice AFTER INSERT'],
  ])('starts over when PostgreSQL gives the transaction up %s', async (when, trigger) => {
    const owner = new Client(shop.database.ownerUrl)
    await owner.connect()
    try {
      // A sequence keeps counting when the transaction is rolled back.
      await owner.query(`
        CREATE SEQUENCE attempts;
        CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
          IF nextval('attempts') <= 2 THEN RAISE 'given up' USING ERRCODE = 'serialization_failure'; END IF;
          RETURN NULL;
        END $$;
        ${trigger} ON orders ${when === 'at COMMIT' ? 'DEFERRABLE INITIALLY DEFERRED' : ''} FOR EACH ROW EXECUTE FUNCTION fail_twice()`)
      const { order, placed } = await orders.placeOrder({ customerId, items: [line('1.00')] })
      expect(placed).toBe(true)
      expect(await shop.prisma.order.findMany({ where: { customerId } })).toMatchObject([{ id: order.id }])
      expect((await owner.query('SELECT last_value::int AS attempts FROM attempts')).rows).toEqual([{ attempts: 3 }])
    } finally {
      await owner.query('DROP FUNCTION IF EXISTS fail_twice CASCADE; DROP SEQUENCE IF EXISTS attempts')
      await owner.end()
    }
  })

  it('takes the same key from another customer as another order', async () => {
    const request = { items: [line('5.00')], idempotencyKey: 'cart-1' }
    const mine = await orders.placeOrder({ ...request, customerId })
    const theirs = await orders.placeOrder({ ...request, customerId: await newCustomer() })
    expect(theirs.order.id).not.toBe(mine.order.id)
  })

  it('refuses a key that was used for something else', async () => {
    await orders.placeOrder({ customerId, items: [line('5.00')], idempotencyKey: 'cart-1' })
    for (const items of [[line('5.01')], [line('5.00', 2)], [line('5.00'), line('5.00')]])
      await expect(orders.placeOrder({ customerId, items, idempotencyKey: 'cart-1' })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      })
  })

  it('leaves nothing behind of an order that fails', async () => {
    await expect(orders.placeOrder({ customerId, items: [line('1.00'), line('1.00', 0)] })).rejects.toThrow()
    expect(await shop.prisma.order.count({ where: { customerId } })).toBe(0)
  })

  it('names the customer that does not exist', async () => {
    await expect(orders.placeOrder({ customerId: 'nobody', items: [line('1.00')] })).rejects.toMatchObject({
      code: 'UNKNOWN_REFERENCE',
      field: 'customerId',
    })
  })

  it('follows the allowed transitions and no other', async () => {
    for (const from of orderStatuses)
      for (const to of orderStatuses) {
        const { order } = await orders.placeOrder({ customerId, items: [line('1.00')] })
        await shop.prisma.order.update({ where: { id: order.id }, data: { status: from } })
        const change = orders.changeStatus(order.id, to)
        if (transitions[from].includes(to)) expect(await change).toMatchObject({ id: order.id, status: to })
        else await expect(change).rejects.toMatchObject({ code: 'STATUS_NOT_ALLOWED', field: 'status' })
      }
    await expect(orders.changeStatus('nothing', 'SHIPPED')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it(
    'lets one of two concurrent changes win',
    async () => {
      for (let round = 0; round < rounds(20, 200); round++) {
        const { order } = await orders.placeOrder({ customerId, items: [line('1.00')] })
        await orders.changeStatus(order.id, 'PROCESSING')
        const results = await Promise.allSettled([
          orders.changeStatus(order.id, 'SHIPPED'),
          orders.changeStatus(order.id, 'CANCELLED'),
        ])
        expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
        const { items: _, ...stored } = await orders.getOrder(order.id)
        expect(results.find((result) => result.status === 'fulfilled')?.value).toMatchObject({ status: stored.status })
      }
    },
    rounds(30_000, 300_000),
  )

  it('pages through all orders of a status, each once', async () => {
    const placed = await Promise.all(
      Array.from({ length: 7 }, () => orders.placeOrder({ customerId, items: [line('1.00')] })),
    )
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await orders.getPaginatedOrders({ customerId, status: 'PENDING' }, cursor, 3)
      seen.push(...page.items.map((order) => order.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect([...seen].sort()).toEqual(placed.map(({ order }) => order.id).sort())
  })
})
