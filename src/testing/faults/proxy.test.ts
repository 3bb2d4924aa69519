import { Client } from 'pg'
import { createTestDatabase, type FaultProxy, startProxy, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../pg/with-client.ts'

let database: TestDatabase
let proxy: FaultProxy
let open: Client[]

beforeEach(async () => {
  database = await createTestDatabase({ setup: 'CREATE TABLE notes (id int)' })
  const { hostname, port } = new URL(database.url)
  proxy = await startProxy({ host: hostname, port: Number(port) })
  open = []
})

afterEach(async () => {
  await Promise.all(open.map((client) => client.end().catch(() => {})))
  await proxy.close()
  await database.drop()
})

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: proxy.urlThrough(database.url) })
  client.on('error', () => {})
  open.push(client)
  await client.connect()
  return client
}

const insert = (client: Client, id: number) => client.query('INSERT INTO notes VALUES ($1)', [id])
const stored = () => withClient(database.url, async (client) => (await client.query('SELECT id FROM notes')).rows)

async function statesOfApplication(): Promise<string[]> {
  return withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ state: string }>(
      `SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND backend_type = 'client backend'`,
    )
    return rows.map((row) => row.state)
  })
}

/** Waits until the server has no session of the application, so that what it was doing is done or undone. */
async function serverIsIdle(): Promise<void> {
  await expect.poll(statesOfApplication).toEqual([])
}

describe('without a fault', () => {
  it('passes everything and counts', async () => {
    const client = await connect()
    expect([proxy.connections, proxy.opened, proxy.roundTrips]).toEqual([1, 1, 0])
    await insert(client, 1)
    await client.query('SELECT 1')
    expect(proxy.roundTrips).toBe(2)
    expect(proxy.count('toServer', 'Parse')).toBe(1)
    expect(proxy.count('toServer', 'Query')).toBe(1)
    expect(proxy.count('toServer', 'StartupMessage')).toBe(1)
    expect(proxy.count('toClient', 'ReadyForQuery')).toBe(3)
    await client.end()
    expect(await stored()).toEqual([{ id: 1 }])
    await expect.poll(() => proxy.connections).toBe(0)
  })

  it('passes large results and large statements', async () => {
    const client = await connect()
    const text = 'x'.repeat(5_000_000)
    const { rows } = await client.query('SELECT $1::text AS text, length($1) AS length', [text])
    expect(rows).toEqual([{ text, length: text.length }])
    const many = await client.query('SELECT generate_series(1, 100000) AS n')
    expect(many.rows.at(-1)).toEqual({ n: 100_000 })
  })

  it('passes an error and a notice', async () => {
    const client = await connect()
    await expect(client.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' })
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  it('passes a cancel request', async () => {
    const client = await connect()
    const slow = client.query('SELECT pg_sleep(60)')
    // A cancel that arrives before the statement has begun cancels nothing.
    await expect.poll(statesOfApplication).toEqual(['active'])
    const canceller = new Client({ connectionString: proxy.urlThrough(database.url) })
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
    const { connection } = canceller as unknown as {
      connection: {
        connect(port: number, host: string): void
        cancel(id: number, key: number): void
      } & NodeJS.EventEmitter
    }
    connection.connect(proxy.port, proxy.host)
    connection.once('connect', () => connection.cancel(processID, secretKey))
    await expect(slow).rejects.toMatchObject({ code: '57014' })
    expect(proxy.count('toServer', 'CancelRequest')).toBe(1)
  })

  it('refuses encryption, as a server without certificates does', async () => {
    const client = new Client({ connectionString: proxy.urlThrough(database.url), ssl: true })
    await expect(client.connect()).rejects.toThrow('does not support SSL')
  })
})

describe('cut', () => {
  it('before the statement arrives: nothing was done', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toServer', message: 'Parse' })
    await expect(insert(client, 1)).rejects.toThrow('terminated')
    await fault.happened
    await serverIsIdle()
    expect(await stored()).toEqual([])
    expect(proxy.connections).toBe(0)
  })

  it('after Execute but before Sync: the server rolls back', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toServer', message: 'Execute', when: 'after' })
    await expect(insert(client, 1)).rejects.toThrow('terminated')
    await fault.happened
    await serverIsIdle()
    expect(await stored()).toEqual([])
  })

  it('after Sync: the server commits and the client never learns of it', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toServer', message: 'Sync', when: 'after' })
    await expect(insert(client, 1)).rejects.toThrow('terminated')
    await fault.happened
    await serverIsIdle()
    expect(await stored()).toEqual([{ id: 1 }])
  })

  it.each(['CommandComplete', 'ReadyForQuery'] as const)(
    'before %s: committed, unknown to the client',
    async (message) => {
      const client = await connect()
      const fault = proxy.cut({ direction: 'toClient', message })
      await expect(insert(client, 1)).rejects.toThrow('terminated')
      await fault.happened
      await serverIsIdle()
      expect(await stored()).toEqual([{ id: 1 }])
    },
  )

  it('after ReadyForQuery: the client has its answer', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toClient', message: 'ReadyForQuery', when: 'after' })
    await insert(client, 1)
    await fault.happened
    await expect(insert(client, 2)).rejects.toThrow()
  })

  it('strikes at the nth message, and once', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toServer', message: 'Sync', nth: 3 })
    await insert(client, 1)
    await insert(client, 2)
    await expect(insert(client, 3)).rejects.toThrow('terminated')
    await fault.happened
    const again = await connect()
    await insert(again, 4)
    expect(await stored()).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }])
  })

  it('strikes at the statement that matches', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toServer', message: 'Query', matching: /COMMIT/ })
    await client.query('BEGIN')
    await insert(client, 1)
    await expect(client.query('COMMIT')).rejects.toThrow('terminated')
    await fault.happened
    await serverIsIdle()
    expect(await stored()).toEqual([])
  })

  it('strikes every open connection at once without a point', async () => {
    const clients = await Promise.all([connect(), connect()])
    const waiting = clients.map((client) => client.query('SELECT pg_sleep(60)').catch((error: Error) => error.message))
    await expect.poll(() => proxy.count('toServer', 'Query')).toBe(2)
    await proxy.cut().happened
    expect(await Promise.all(waiting)).toEqual([
      'Connection terminated unexpectedly',
      'Connection terminated unexpectedly',
    ])
    await insert(await connect(), 1)
  })
})

describe('reset', () => {
  it('is what the client sees of a server that crashed', async () => {
    const client = await connect()
    const fault = proxy.reset({ direction: 'toServer', message: 'Sync', when: 'after' })
    await expect(insert(client, 1)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await fault.happened
    await serverIsIdle()
    expect(await stored()).toEqual([{ id: 1 }])
  })
})

describe('stall', () => {
  it('holds the answer back until it is lifted', async () => {
    const client = await connect()
    const fault = proxy.stall({ direction: 'toClient', message: 'CommandComplete' })
    let answered = false
    const answer = insert(client, 1).then(() => {
      answered = true
    })
    await fault.happened
    await expect.poll(stored).toEqual([{ id: 1 }])
    expect(answered).toBe(false)
    fault.lift()
    await answer
  })

  it('holds the statement back', async () => {
    const client = await connect()
    const fault = proxy.stall({ direction: 'toServer', message: 'Sync' })
    const answer = insert(client, 1)
    await fault.happened
    expect(await stored()).toEqual([])
    fault.lift()
    await answer
    expect(await stored()).toEqual([{ id: 1 }])
  })

  it('without a point also holds connections to come', async () => {
    const client = await connect()
    const fault = proxy.stall()
    await fault.happened
    const answers = [insert(client, 1), connect().then((late) => insert(late, 2))]
    await expect.poll(() => proxy.count('toServer', 'StartupMessage')).toBe(2)
    expect(proxy.roundTrips).toBe(0)
    fault.lift()
    await Promise.all(answers)
    await insert(await connect(), 3)
  })
})

it('cuts what is stalled, and what was held back is lost', async () => {
  const client = await connect()
  const stall = proxy.stall({ direction: 'toServer', message: 'Sync' })
  const answer = insert(client, 1).catch((error: Error) => error.message)
  await stall.happened
  await proxy.cut().happened
  stall.lift()
  expect(await answer).toContain('terminated')
  await serverIsIdle()
  expect(await stored()).toEqual([])
})

describe('delay', () => {
  it('holds up each direction, but lets messages follow each other closely', async () => {
    const client = await connect()
    const fault = proxy.delay(50)
    const start = performance.now()
    await client.query('SELECT generate_series(1, 1000)')
    expect(performance.now() - start).toBeGreaterThanOrEqual(99)
    expect(proxy.roundTrips).toBe(1)
    fault.lift()
    await client.query('SELECT 1')
  })
})

describe('refuse', () => {
  it('resets new connections, leaves open ones alone, and ends', async () => {
    const client = await connect()
    const fault = proxy.refuse()
    await expect(connect()).rejects.toMatchObject({ code: 'ECONNRESET' })
    await fault.happened
    await insert(client, 1)
    fault.lift()
    await insert(await connect(), 2)
  })
})

describe('a fault that does not happen', () => {
  it('rejects when it is lifted', async () => {
    const client = await connect()
    const fault = proxy.cut({ direction: 'toServer', message: 'Sync' })
    fault.lift()
    await expect(fault.happened).rejects.toMatchObject({ code: 'SUB_FAULT_NOT_REACHED' })
    await insert(client, 1)
  })

  it('rejects when the proxy closes', async () => {
    const fault = proxy.cut({ direction: 'toServer', message: 'Sync' })
    await proxy.close()
    await expect(fault.happened).rejects.toMatchObject({ code: 'SUB_FAULT_NOT_REACHED' })
  })
})

it('shows a client a server that cannot be reached', async () => {
  const closed = await startProxy({ host: '127.0.0.1', port: 1 })
  const client = new Client({ host: closed.host, port: closed.port, user: 'x', database: 'x' })
  await expect(client.connect()).rejects.toThrow()
  await closed.close()
})
