import { orderNumberFor } from '../services/order-number.ts'
import { DAY, type SeedPlan } from './plan.ts'
import { Random } from './random.ts'
import { chooseTopic, writeComment, writeContent, writeTitle } from './text.ts'
import { fillings, firstNames, jobs, lastNames, productKinds, productNouns, tagNames, topics } from './words.ts'

/** What COPY can write: money is a string with two decimals. */
export type Value = string | number | boolean | Date | null
export type Row = readonly Value[]

/** The shop has been open for two years. */
const SPAN = 730 * DAY

interface Key {
  readonly id: string
  readonly createdAt: Date
}

export interface Rows {
  readonly user: (index: number) => Row
  readonly profile: (index: number) => Row
  readonly tag: (index: number) => Row
  readonly post: (index: number) => Row
  readonly postTags: (index: number) => Row[]
  readonly comment: (index: number) => Row
  readonly order: (index: number) => Row
  readonly orderItems: (index: number) => Row[]
}

/** Makes any row of the plan by its index alone; nothing is kept, so a million posts need no more memory than ten. */
export function rowsOf(plan: SeedPlan): Rows {
  const now = plan.now.getTime()
  const random = (name: string, index: number): Random => new Random(plan.seed, name, index)
  const ago = (age: number): Date => new Date(now - Math.round(age))
  const age = (date: Date): number => now - date.getTime()

  function key(table: string, index: number, createdAt: Date): Key {
    return { id: makeId(table, index, createdAt, random(`${table}.id`, index)), createdAt }
  }

  function userKey(index: number): Key {
    // The first users are the oldest; the last joined a day ago, which leaves them some time to write in.
    const place = (index + random('user.age', index).unit()) / plan.users
    return key('us', index, ago(DAY + (SPAN - DAY) * (1 - place)))
  }

  function postKey(index: number): Key & { author: Key } {
    const dice = random('post.key', index)
    // Squared: few write much, and most of those have been here for long.
    const author = userKey(Math.floor(plan.users * dice.unit() ** 2))
    return { ...key('po', index, ago(age(author.createdAt) * dice.unit() ** 1.3)), author }
  }

  function orderKey(index: number): Key & { customer: Key } {
    const dice = random('order.key', index)
    const customer = userKey(dice.below(plan.users))
    return { ...key('or', index, ago(age(customer.createdAt) * dice.unit())), customer }
  }

  function basket(index: number): { item: Product; quantity: number }[] {
    const dice = random('order.items', index)
    const start = dice.below(products.length)
    // Steps of 7 through 64 products meet none twice.
    return Array.from({ length: dice.between(1, 4) }, (_, step) => ({
      item: products[(start + step * 7) % products.length]!,
      quantity: dice.chance(0.75) ? 1 : dice.between(2, 5),
    }))
  }

  const tagKey = (index: number): Key => key('ta', index, ago(SPAN))

  return {
    user(index) {
      const { id, createdAt } = userKey(index)
      const dice = random('user', index)
      const [first, last] = [dice.pick(firstNames), dice.pick(lastNames)]
      const email = `${ascii(first)}.${ascii(last)}.${index + 1}@example.com`
      const name = dice.chance(0.97) ? `${first} ${last}` : null
      return [id, email, name, createdAt, ago(age(createdAt) * dice.unit())]
    },
    profile(index) {
      const user = userKey(index)
      const dice = random('profile', index)
      const about = `${dice.pick(jobs)} in ${dice.pick(fillings.place)}, likes ${dice.pick(topics)[0]}.`
      return [
        key('pr', index, user.createdAt).id,
        user.id,
        dice.chance(0.8) ? about : null,
        dice.chance(0.5) ? `https://avatars.example.com/${user.id}.png` : null,
        dice.chance(0.7) ? dice.pick(fillings.place) : null,
        dice.chance(0.3) ? `https://${user.id.slice(-8)}.example.com` : null,
      ]
    },
    tag: (index) => [tagKey(index).id, tagNames[index]!],
    post(index) {
      const { id, createdAt, author } = postKey(index)
      const { topic } = chooseTopic(random('post.topic', index))
      const dice = random('post', index)
      const [title, content] = [writeTitle(topic, dice), writeContent(topic, dice)]
      const published = dice.chance(0.9)
      const publishedAt = published ? ago(Math.max(0, age(createdAt) - dice.unit() * 2 * DAY)) : null
      const updatedAt =
        publishedAt && dice.chance(0.3) ? ago(age(publishedAt) * dice.unit()) : (publishedAt ?? createdAt)
      return [id, title, content, published, publishedAt, createdAt, updatedAt, author.id]
    },
    postTags(index) {
      const { id } = postKey(index)
      const { tags } = chooseTopic(random('post.topic', index))
      return Array.from(tags, (name) => [id, tagKey(tagNames.indexOf(name)).id])
    },
    comment(index) {
      const dice = random('comment', index)
      const post = postKey(dice.below(plan.posts))
      const author = userKey(Math.floor(plan.users * dice.unit() ** 1.5))
      // Cubed: most comments follow soon after the post, or after their author has joined.
      const youngest = Math.min(age(post.createdAt), age(author.createdAt))
      const { id, createdAt } = key('co', index, ago(youngest * (1 - dice.unit() ** 3)))
      const updatedAt = dice.chance(0.1) ? ago(age(createdAt) * dice.unit()) : createdAt
      return [id, writeComment(dice), createdAt, updatedAt, post.id, author.id]
    },
    order(index) {
      const { id, createdAt, customer } = orderKey(index)
      const dice = random('order', index)
      const status = statusAt(age(createdAt) / DAY, dice)
      const cents = basket(index).reduce((sum, { item, quantity }) => sum + item.cents * quantity, 0)
      const updatedAt = ago(Math.max(0, age(createdAt) - stepDays[status] * dice.unit() * DAY))
      return [id, orderNumberFor(customer.id, `seed ${index}`), status, money(cents), createdAt, updatedAt, customer.id]
    },
    orderItems(index) {
      const { id } = orderKey(index)
      return basket(index).map(({ item, quantity }, place) => [
        id,
        place + 1,
        item.sku,
        item.name,
        quantity,
        money(item.cents),
      ])
    },
  }
}

/** How many days after it was placed an order got its status, at most. */
const stepDays = { PENDING: 0, PROCESSING: 1, SHIPPED: 3, DELIVERED: 7, CANCELLED: 2 }

function statusAt(days: number, dice: Random): keyof typeof stepDays {
  if (dice.chance(0.05)) return 'CANCELLED'
  if (days > 14) return dice.chance(0.98) ? 'DELIVERED' : 'SHIPPED'
  if (days > 4) return dice.chance(0.6) ? 'SHIPPED' : 'DELIVERED'
  return dice.chance(0.5) ? 'PENDING' : 'PROCESSING'
}

interface Product {
  readonly sku: string
  readonly name: string
  readonly cents: number
}

const products: readonly Product[] = productNouns.flatMap((noun, row) =>
  productKinds.map((kind, column) => ({
    sku: `${noun.slice(0, 3).toUpperCase()}-${String(row * productKinds.length + column + 1).padStart(3, '0')}`,
    name: `${kind} ${noun}`,
    cents: 495 + new Random(0, noun, column).below(190) * 50,
  })),
)

function money(cents: number): string {
  return (cents / 100).toFixed(2)
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()
}

/**
 * An id in the shape of a cuid (25 characters: `c`, time, counter, fingerprint, random), but from the index alone: the counter and
 * the fingerprint's second half hold the index, so no two of a table can be equal.
 */
function makeId(table: string, index: number, createdAt: Date, random: Random): string {
  const counter = base36(index % COUNTERS, 4)
  const fingerprint = table + base36(Math.floor(index / COUNTERS), 2)
  const noise = base36(random.below(COUNTERS), 4) + base36(random.below(COUNTERS), 4)
  const time = createdAt.getTime()
  const timestamp = base36(Math.floor(time / COUNTERS), 4) + base36(time % COUNTERS, 4)
  return `c${timestamp}${counter}${fingerprint}${noise}`
}

const COUNTERS = 36 ** 4

function base36(value: number, length: number): string {
  return value.toString(36).padStart(length, '0')
}
