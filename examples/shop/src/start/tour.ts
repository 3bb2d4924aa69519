import type { Client } from 'pg'
import { signToken } from '../http/tokens.ts'
import { roles } from '../roles.ts'

/** One request that works on the data that is there. */
export interface Stop {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly says: string
  /** Whose token it needs. */
  readonly as?: { readonly userId: string; readonly admin?: boolean }
  readonly body?: object
}

/** Of the tokens. */
const LIFETIME = '12h'

/** Somebody of the shop's; no customer. */
const admin = { userId: 'staff', admin: true } as const

const DAY = 86_400_000

/** A short way through the API; the ids are taken from the data, so stops whose rows are missing are left out. */
export async function planTour(client: Client): Promise<Stop[]> {
  await client.query(`SET ROLE ${roles.admin}`)
  const [post, order, latest] = [await findPost(client), await findOrder(client), await findLatest(client)]
  const end = latest?.at ?? new Date()
  const days = Math.min(365, Math.max(30, Math.ceil((Date.now() - end.getTime()) / DAY) + 1))
  const day = (date: Date): string => date.toISOString().slice(0, 10)
  const stops: (Stop | undefined)[] = [
    get('/docs', 'every route, to try in the browser'),
    get('/posts?first=10', 'the latest posts, page by page'),
    post && get(`/posts/${post.id}`, 'a post with its comments'),
    get('/posts/search?q=pagination', 'posts about something'),
    get(`/analytics/posts?from=${day(new Date(end.getTime() - 6 * DAY))}&to=${day(end)}`, 'posts per day'),
    get('/health/ready', 'for a load balancer'),
    post && { ...get(`/users/${post.author}`, 'yourself'), as: { userId: post.author } },
    order && { ...get('/orders?first=5', 'your orders'), as: { userId: order.customer } },
    { ...get(`/users/active?limit=5&days=${days}`, 'who has been active lately, for an admin'), as: admin },
    { ...get('/statistics', 'counts, all from one moment, for an admin'), as: admin },
    {
      method: 'POST',
      path: '/users',
      says: 'a new user (the second time: 409)',
      body: { email: `visitor.${Date.now().toString(36)}@example.com`, name: 'A visitor' },
    },
    post && {
      method: 'POST',
      path: '/posts',
      says: 'a new post (each write takes a token of its own)',
      as: { userId: post.author },
      body: { authorId: post.author, title: 'Hello', content: 'Written from the command line.', published: true },
    },
    post && {
      method: 'POST',
      path: `/posts/${post.id}/comments`,
      says: 'a comment',
      as: { userId: post.author },
      body: { authorId: post.author, content: 'Thanks for reading.' },
    },
    post && {
      method: 'POST',
      path: '/orders',
      says: 'an order',
      as: { userId: post.author },
      body: {
        customerId: post.author,
        items: [{ sku: 'MUG-001', productName: 'Classic mug', quantity: 2, unitPrice: '12.50' }],
      },
    },
    order && {
      method: 'PATCH',
      path: `/orders/${order.id}/status`,
      says: 'moves an order on, as an admin',
      as: admin,
      body: { status: 'PROCESSING' },
    },
  ]
  return stops.filter((stop) => stop !== undefined)
}

/** The tour as it is printed, each line ready to be pasted. */
export async function renderTour(url: string, stops: readonly Stop[], tokenKey: Uint8Array): Promise<string> {
  const open = stops.filter(({ method, as }) => method === 'GET' && as === undefined)
  const width = Math.max(...open.map(({ path }) => path.length))
  const lines = stops.map(async (stop) =>
    open.includes(stop) ? `  ${url}${stop.path.padEnd(width)}  ${stop.says}` : command(url, stop, tokenKey),
  )
  return (await Promise.all(lines)).join('\n')
}

async function command(url: string, { method, path, says, body, as }: Stop, tokenKey: Uint8Array): Promise<string> {
  const token = as && (await signToken(tokenKey, { ...as, lifetime: LIFETIME }))
  const options = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    quote(`${url}${path}`),
    ...(token === undefined ? [] : [`-H ${quote(`authorization: Bearer ${token}`)}`]),
    ...(body === undefined
      ? []
      : [`-H ${quote('content-type: application/json')}`, `-d ${quote(JSON.stringify(body))}`]),
  ]
  return `\n  # ${says}\n  curl ${options.join(' ')}`
}

function get(path: string, says: string): Stop {
  return { method: 'GET', path, says }
}

/** Both cmd.exe and PowerShell 7 take double quotes with escaped ones inside; POSIX shells take single ones. */
function quote(text: string): string {
  return process.platform === 'win32' ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", "'\\''")}'`
}

async function findPost(client: Client): Promise<{ id: string; author: string } | undefined> {
  const { rows } = await client.query<{ id: string; author: string }>(
    `SELECT p.id, p.author_id AS author
       FROM (SELECT id, author_id, created_at FROM posts WHERE published ORDER BY created_at DESC, id DESC LIMIT 200) p
      ORDER BY (SELECT count(*) FROM comments c WHERE c.post_id = p.id) DESC, p.created_at DESC, p.id LIMIT 1`,
  )
  return rows[0]
}

async function findOrder(client: Client): Promise<{ id: string; customer: string } | undefined> {
  const { rows } = await client.query<{ id: string; customer: string }>(
    `SELECT id, customer_id AS customer FROM orders WHERE status = 'PENDING' ORDER BY created_at DESC, id DESC LIMIT 1`,
  )
  return rows[0]
}

async function findLatest(client: Client): Promise<{ at: Date } | undefined> {
  const { rows } = await client.query<{ at: Date }>(
    'SELECT created_at AS at FROM posts WHERE published ORDER BY created_at DESC LIMIT 1',
  )
  return rows[0]
}
