import { randomUUID } from 'node:crypto'
import { type Order, type OrderItem, OrderStatus, Prisma } from '../../generated/prisma/client.ts'
import { ShopError } from '../errors.ts'
import type { ShopClient } from './database-client-factory.ts'
import { orderNumberFor } from './order-number.ts'
import { type PaginatedResult, paginatedResult } from './pages.ts'
import { retryOnConflict } from './retry-on-conflict.ts'

export type OrderWithItems = Order & { items: OrderItem[] }

export interface OrderLine {
  sku: string
  productName: string
  quantity: number
  /** Exact, as text: `19.90`. */
  unitPrice: string
}

export interface PlaceOrderData {
  customerId: string
  items: OrderLine[]
  /** The same key from the same customer always means the same order. */
  idempotencyKey?: string
}

export interface OrderFilters {
  customerId?: string
  status?: OrderStatus
}

/** What the open orders of one customer may come to. */
export const CREDIT_LIMIT = '100000.00'

const open: OrderStatus[] = ['PENDING', 'PROCESSING']

/** What an order may become from each status. */
export const transitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['PROCESSING', 'CANCELLED'],
  PROCESSING: ['SHIPPED', 'CANCELLED'],
  SHIPPED: ['DELIVERED'],
  DELIVERED: [],
  CANCELLED: [],
}

export const orderStatuses = Object.values(OrderStatus)

const withItems = { items: { orderBy: { position: 'asc' as const } } }

export class OrderService {
  private readonly prisma: ShopClient

  constructor(prisma: ShopClient) {
    this.prisma = prisma
  }

  /**
   * Places an order, or finds the one placed under this key before (`placed` is false then).
   *
   * The order's number comes from the key, so a request repeated after a lost answer finds the order instead of placing it again.
   * @throws ShopError UNKNOWN_REFERENCE for the customer, CREDIT_LIMIT_EXCEEDED, IDEMPOTENCY_KEY_REUSED, UNAVAILABLE
   */
  placeOrder(data: PlaceOrderData): Promise<{ order: OrderWithItems; placed: boolean }> {
    const items = data.items.map((line, index) => ({ ...line, position: index + 1 }))
    return retryOnConflict(() =>
      this.prisma.$transaction((tx) => place(tx, { ...data, items }), {
        isolationLevel: 'ReadCommitted',
        maxWait: 10_000,
        timeout: 10_000,
      }),
    )
  }

  /**
   * Moves an order to another status. The update holds only while the order still has the status that allowed it: of two
   * changes at once, one wins.
   * @throws ShopError NOT_FOUND, STATUS_NOT_ALLOWED, STATUS_CHANGED_MEANWHILE
   */
  async changeStatus(id: string, to: OrderStatus): Promise<OrderWithItems> {
    const { status: from, items } = await this.getOrder(id)
    if (!transitions[from].includes(to)) throw notAllowed(from, to)
    const [changed] = await this.prisma.order.updateManyAndReturn({ where: { id, status: from }, data: { status: to } })
    if (changed === undefined)
      throw new ShopError('STATUS_CHANGED_MEANWHILE', 'Someone else changed this order at the same time.', {
        field: 'status',
      })
    return { ...changed, items }
  }

  /** @throws ShopError NOT_FOUND */
  async getOrder(id: string): Promise<OrderWithItems> {
    const order = await this.prisma.order.findUnique({ where: { id }, include: withItems })
    if (order === null) throw new ShopError('NOT_FOUND', 'There is no order with this id.')
    return order
  }

  /**
   * Orders, the latest first.
   * @throws SUB_CURSOR_INVALID, SUB_CURSOR_MISMATCH for a cursor of other filters, or of somebody else
   */
  async getPaginatedOrders(
    filters: OrderFilters = {},
    cursor?: string,
    limit: number = 20,
  ): Promise<PaginatedResult<Order>> {
    return paginatedResult(
      await this.prisma.order.paginate({
        first: limit,
        after: cursor,
        where: { ...filters },
        orderBy: { createdAt: 'desc' },
      }),
    )
  }
}

type PositionedLine = OrderLine & { position: number }

interface NumberedOrder extends PlaceOrderData {
  items: PositionedLine[]
}

async function place(
  tx: Prisma.TransactionClient,
  { customerId, idempotencyKey, items }: NumberedOrder,
): Promise<{ order: OrderWithItems; placed: boolean }> {
  await lockCustomer(tx, customerId)
  const orderNumber = orderNumberFor(customerId, idempotencyKey ?? randomUUID())
  if (idempotencyKey !== undefined) {
    const order = await tx.order.findUnique({ where: { orderNumber }, include: withItems })
    if (order !== null) return { order: sameOrder(order, items), placed: false }
  }

  const total = totalOf(items)
  const { _sum } = await tx.order.aggregate({ _sum: { total: true }, where: { customerId, status: { in: open } } })
  if (total.plus(_sum.total ?? 0).greaterThan(CREDIT_LIMIT))
    throw new ShopError('CREDIT_LIMIT_EXCEEDED', `The open orders of a customer may not exceed ${CREDIT_LIMIT}.`, {
      field: 'items',
    })

  const order = await tx.order.create({ data: { orderNumber, customerId, total } })
  const data = items.map((line) => ({ ...line, orderId: order.id }))
  return { order: { ...order, items: await tx.orderItem.createManyAndReturn({ data }) }, placed: true }
}

/**
 * One customer's orders wait for each other here: the credit limit reads what the others write, and two at once would both see
 * room for one. Serializable transactions would be as right, and with many orders at once several times slower, since they fail
 * and start over where these wait.
 */
async function lockCustomer(tx: Prisma.TransactionClient, customerId: string): Promise<void> {
  // Prisma has no row locks. NO KEY leaves foreign keys to this row alone: the customer can write posts meanwhile.
  const found = await tx.$queryRaw<unknown[]>`SELECT 1 FROM users WHERE id = ${customerId} FOR NO KEY UPDATE`
  if (found.length === 0)
    throw new ShopError('UNKNOWN_REFERENCE', 'There is no user with this id.', { field: 'customerId' })
}

/** Decimal, never a float: 0.1 + 0.2 is 0.3 here. */
function totalOf(items: readonly OrderLine[]): Prisma.Decimal {
  return items.reduce(
    (sum, { unitPrice, quantity }) => sum.plus(new Prisma.Decimal(unitPrice).times(quantity)),
    new Prisma.Decimal(0),
  )
}

function sameOrder(order: OrderWithItems, items: readonly PositionedLine[]): OrderWithItems {
  const same =
    order.items.length === items.length &&
    items.every((line, index) => {
      const item = order.items[index]
      return (
        item?.sku === line.sku &&
        item.productName === line.productName &&
        item.quantity === line.quantity &&
        item.unitPrice.equals(line.unitPrice)
      )
    })
  if (same) return order
  throw new ShopError('IDEMPOTENCY_KEY_REUSED', 'Another order was placed under this key.', {
    field: 'idempotency-key',
  })
}

function notAllowed(from: OrderStatus, to: OrderStatus): ShopError {
  const next = transitions[from]
  const rest = next.length === 0 ? 'It is final.' : `It can become ${next.join(' or ')}.`
  return new ShopError('STATUS_NOT_ALLOWED', `An order that is ${from} cannot become ${to}. ${rest}`, {
    field: 'status',
  })
}
