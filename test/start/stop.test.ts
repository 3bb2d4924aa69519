import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, expect, test, vi } from 'vitest'
import { full, sample } from '../rounds.ts'
import { cloneRepository } from './clone.ts'
import { eventually, type Process, postmastersIn } from './processes.ts'
import { asAdmin } from './requests.ts'
import { expectNothingLeft, SMALL, type Start, start } from './shop.ts'

// Longer than any wait inside: a test that fails still stops what it has started.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

// One clone whose data every test finds as the one before has left it: that it starts again is part of each test.
const clone = cloneRepository()
const { folder } = clone
afterAll(() => clone[Symbol.dispose]())

function find(family: readonly Process[], part: string): Process {
  const found = family.find(({ command }) => command.includes(part))
  if (found === undefined) throw new Error(`no ${part} among:\n${family.map(({ command }) => command).join('\n')}`)
  return found
}

/** Nobody is told why it ended; it is told that it has ended, once, and without a stack trace. */
function expectCleanOutput({ stderr }: Start): void {
  expect(stderr.match(/Stopped; nothing is left running\./g)).toHaveLength(1)
  expect(stderr).not.toMatch(/^\s+at /m)
}

test('SIGTERM stops it cleanly', async () => {
  await using shop = start({ folder })
  await shop.opened()
  const family = shop.descendants()
  shop.process.kill('SIGTERM')
  expect(await shop.exit).toEqual({ code: 0, signal: null })
  expectCleanOutput(shop)
  await expectNothingLeft(folder, family)
})

const killed: [string, string, (shop: Start) => number][] = [
  ['npm', 'npm', (shop) => shop.pid],
  ['the starting script', 'node', (shop) => find(shop.descendants(), 'main.ts').parent],
]

test.each(sample(killed, 2))('SIGKILL of %s takes everything with it', async (_, by, victim) => {
  await using shop = start({ folder, npm: by === 'npm' })
  await shop.opened()
  const family = shop.descendants()
  process.kill(victim(shop), 'SIGKILL')
  await expectNothingLeft(folder, family)
  expectCleanOutput(shop)
})

test.runIf(full)('SIGKILL of the serving process takes PostgreSQL with it, and the start says so', async () => {
  await using shop = start({ folder })
  await shop.opened()
  const family = shop.descendants()
  process.kill(find(family, 'main.ts').pid, 'SIGKILL')
  expect(await shop.exit).toEqual({ code: 1, signal: null })
  expect(shop.stderr).toContain('The shop was ended by SIGKILL.')
  await expectNothingLeft(folder, family)
})

test.runIf(full)('after a crash of the machine the next start works on the same data', async () => {
  await using shop = start({ folder })
  const url = await shop.opened()
  const body = JSON.stringify({ email: 'committed@example.com', name: 'Committed' })
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${url}/users`, { method: 'POST', headers, body })).status).toBe(201)
  const family = shop.descendants()
  // The keeper before its servers, so that it cannot tidy up: what they leave are pid files and locks of the dead.
  const keeper = find(family, 'substrata-keeper')
  for (const { pid } of [keeper, ...family.filter((process) => process !== keeper)])
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has followed another one.
    }
  await shop.exit
  await eventually('all are dead', () => postmastersIn(folder).length === 0)
  await using again = start({ folder })
  const nextUrl = await again.opened()
  expect(again.stderr).not.toContain('Seeding')
  expect((await fetch(`${nextUrl}/users`, { method: 'POST', headers, body })).status).toBe(409)
})

test('when PostgreSQL ends, the shop says so and ends too', async () => {
  await using shop = start({ folder })
  await shop.opened()
  const family = shop.descendants()
  process.kill(find(family, '/primary').pid, 'SIGQUIT')
  expect(await shop.exit).toEqual({ code: 1, signal: null })
  expect(shop.stderr).toContain('PostgreSQL has ended')
  await expectNothingLeft(folder, family)
})

test.runIf(full)('a crashed connection is no reason to end', async () => {
  await using shop = start({ folder })
  const url = await shop.opened()
  expect((await fetch(`${url}/posts`)).status).toBe(200)
  const postmaster = find(shop.descendants(), '/primary')
  const served = shop
    .descendants()
    .filter(({ parent, command }) => parent === postmaster.pid && command.includes('shop_app'))
  process.kill(served[0]!.pid, 'SIGKILL')
  await eventually('requests are answered again', async () => (await fetch(`${url}/posts`)).status === 200)
  expect(postmastersIn(folder)).toContainEqual(expect.objectContaining({ pid: postmaster.pid }))
})

test.runIf(full).each(['SIGINT', 'SIGKILL'] as const)(
  'what %s interrupts while it seeds is done by the next start',
  async (signal) => {
    await using shop = start({ folder, args: ['--reset', '--scale', '2', '--port', '0'] })
    await shop.says('seeding comments')
    const family = shop.descendants()
    if (signal === 'SIGINT') process.kill(-shop.pid, signal)
    else process.kill(find(family, 'main.ts').pid, signal)
    expect((await shop.exit).code).toBe(signal === 'SIGINT' ? 0 : 1)
    await expectNothingLeft(folder, family)
    await using again = start({ folder, args: SMALL })
    await again.opened()
    expect(again.stderr).toContain('Seeding 100 users')
    const statistics = (await (await asAdmin(again.stdout, '/statistics')).json()) as Record<string, unknown>
    expect(statistics).toMatchObject({ userCount: 100, commentCount: 3000 })
  },
)

test.runIf(full)('a start that was killed in its first migration is begun anew', async () => {
  await (async () => {
    await using shop = start({ folder })
    await shop.opened()
    // What such a start leaves: the file's transaction is rolled back, the ledger still says that it began.
    const owner = /^MIGRATE_DATABASE_URL=(.*)$/m.exec(readFileSync(join(folder, '.substrata', 'env'), 'utf8'))![1]!
    const client = new Client({ connectionString: owner })
    await client.connect()
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL')
    await client.end()
  })()
  await using again = start({ folder })
  await again.opened()
  expect(again.stderr).toContain('Applying the migration')
  expect((await asAdmin(again.stdout, '/users/active')).status).toBe(200)
})

test.runIf(full)('the second Ctrl-C does not wait for what is under way', async () => {
  await using shop = start({ folder })
  const url = await shop.opened()
  const family = shop.descendants()
  const main = find(family, 'main.ts')
  // A request that never ends would hold up a clean stop.
  const { connect } = await import('node:net')
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write('POST /users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
  await eventually('the request is being read', async () => socket.bytesWritten > 0 && !socket.connecting)
  process.kill(main.pid, 'SIGINT')
  await shop.says('Stopping')
  process.kill(main.pid, 'SIGINT')
  expect(await shop.exit).toEqual({ code: 130, signal: null })
  socket.destroy()
  await expectNothingLeft(folder, family)
})
