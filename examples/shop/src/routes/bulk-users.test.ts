import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { rounds } from '../../../../test/rounds.ts'
import { tokenKey, tokenOf, useShop } from '../../test/use-shop.ts'
import { buildApp } from '../app.ts'

const shop = useShop()
let app: FastifyInstance

beforeAll(async () => {
  app = await buildApp({ prisma: shop.db, tokenKey })
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())
beforeEach(() => shop.prisma.user.deleteMany())

const admin = () => tokenOf('staff', { admin: true })
const type = { 'content-type': 'application/x-ndjson' }

async function post(payload: string | Buffer) {
  return app.inject({ method: 'POST', url: '/users:bulk', headers: { ...type, ...(await admin()) }, payload })
}

function linesOf(body: string): unknown[] {
  return body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}

it('answers every line of a body in its order', async () => {
  await shop.prisma.user.createMany({ data: ['a', 'b'].map((name) => ({ email: `${name}@example.com`, name })) })
  const response = await post(
    Buffer.concat([
      Buffer.from('{"email":"B@example.com","name":"Bea"}\n{"email":"a@example.com","name":"a"}\n\n'),
      Buffer.from('{"email":"c@example.com"}\nnonsense\n{"email":"d"}\n{"email":"e@example.com","age":1}\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(`{"email":"f@example.com","name":"${'x'.repeat(20_000)}"}\n`),
      Buffer.from('{"email":"g@example.com","name":"a\\u0000"}\n{"email":"C@example.com","name":"Cid"}'),
    ]),
  )
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toContain('application/x-ndjson')
  const invalid = (line: number, field?: string) => ({
    line,
    error: expect.objectContaining({ code: 'INVALID_REQUEST', ...(field && { field }) }) as unknown,
  })
  expect(linesOf(response.body)).toEqual([
    { line: 1, outcome: 'updated' },
    { line: 2, outcome: 'unchanged' },
    { line: 4, outcome: 'duplicate' },
    invalid(5),
    invalid(6, 'email'),
    invalid(7, 'age'),
    invalid(8),
    invalid(9),
    invalid(10, 'name'),
    { line: 11, outcome: 'inserted' },
  ])
  const users = await shop.prisma.user.findMany({ select: { email: true, name: true }, orderBy: { email: 'asc' } })
  expect(users.map(({ email, name }) => `${email} ${name}`)).toEqual([
    'a@example.com a',
    'b@example.com Bea',
    'c@example.com Cid',
  ])
})

it('is for admins, and takes nothing but NDJSON', async () => {
  const refused = await app.inject({
    method: 'POST',
    url: '/users:bulk',
    headers: { ...type, ...(await tokenOf('me')) },
    payload: '',
  })
  expect(refused.statusCode).toBe(403)
  const payload = { email: 'a@example.com' }
  const response = await app.inject({ method: 'POST', url: '/users:bulk', headers: await admin(), payload })
  expect(response.statusCode).toBe(415)
})

/** A body of so many bytes: users of a few thousand addresses, over and over. */
function* bodyOf(bytes: number): Generator<string> {
  const name = 'x'.repeat(180)
  for (let sent = 0, i = 0; sent < bytes; ) {
    let text = ''
    for (let n = 0; n < 500; n++) text += `{"email":"user-${i++ % 5_000}@example.com","name":"${name}"}\n`
    sent += text.length
    yield text
  }
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What is kept: the process's own size says more about the garbage collector's leisure. */
function liveBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it(
  'takes a body larger than it keeps, line by line',
  async () => {
    const { port } = app.server.address() as AddressInfo
    const before = liveBytes()
    let peak = before
    let chunks = 0
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/users:bulk',
      method: 'POST',
      headers: { ...type, ...(await admin()) },
    })
    Readable.from(bodyOf(rounds(5, 100) * 1024 * 1024)).pipe(sent)
    const response = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
      sent.on('response', resolve).on('error', reject)
    })
    let inserted = 0
    let answers = 0
    let rest = ''
    for await (const chunk of response) {
      if (chunks++ % 20 === 0) peak = Math.max(peak, liveBytes())
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { outcome } = JSON.parse(line) as { outcome: string }
        expect(['inserted', 'unchanged']).toContain(outcome)
        answers++
        if (outcome === 'inserted') inserted++
      }
    }
    expect(inserted).toBe(5_000)
    expect(answers).toBeGreaterThan(rounds(20_000, 400_000))
    expect((peak - before) / 2 ** 20).toBeLessThan(20)
  },
  rounds(30_000, 300_000),
)
