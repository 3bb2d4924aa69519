import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { openSession, read, rowsOf, write } from '../../test/session.ts'
import { useTestDatabase } from '../testing/vitest.ts'

const database = useTestDatabase({
  setup: `
    create table seen (who text);
    create function forget() returns int language plpgsql as $$ begin execute 'deallocate all'; return 1; end $$;
    grant all on seen to public;
  `,
})

/** What PgBouncer does at the start: it refuses options, and hands out a key of its own. */
async function startPooler(refusesOptions: boolean) {
  const { hostname, port } = new URL(database.url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => [client, upstream].map((each) => each.destroy()))
    }
    client.once('data', (startup: Buffer) => {
      if (refusesOptions && startup.includes('options\0')) {
        client.end(refusal('unsupported startup parameter: options'))
        return
      }
      upstream.write(startup)
      client.pipe(upstream)
    })
    upstream.on('data', (chunk: Buffer) => client.write(withOtherKey(chunk)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(database.url)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function refusal(text: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${text}\0\0`)
  const head = Buffer.from([0x45, 0, 0, 0, 0])
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

function withOtherKey(chunk: Buffer): Buffer {
  const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]))
  if (at !== -1) chunk.writeUInt32BE(7, at + 5)
  return chunk
}

describe.each([true, false])('behind a transaction pooler (refuses options: %s)', (refusesOptions) => {
  it('nothing is prepared, everything is pinned, and every statement brings its context and its timeout', async () => {
    await using pooler = await startPooler(refusesOptions)
    await using session = openSession(pooler.url, { maxConnections: 2, lanes: 1, queryTimeout: 7_000 })
    const text = `select (select count(*) from pg_prepared_statements), current_setting('TimeZone'),
      current_setting('DateStyle'), current_setting('statement_timeout'), current_setting('app.user_id', true)`
    for (const op of [read, write]) {
      const other = await rowsOf(session, op(), text)
      expect(other[0]?.[0]).toBe('0')
      expect(other[0]?.slice(1)).toEqual(['UTC', expect.stringContaining('ISO'), '7s', ''])
      expect((await rowsOf(session, op({ context: { userId: 'u' }, timeout: 3_000 }), text))[0]?.slice(4)).toEqual([
        'u',
      ])
    }
  })

  it('named statements can be insisted on', async () => {
    await using pooler = await startPooler(refusesOptions)
    await using session = openSession(pooler.url, { maxConnections: 1, lanes: 0, namedStatements: true })
    await session.execute(write(), { text: 'select 1', values: [] })
    expect(
      Number((await rowsOf(session, write(), 'select count(*) from pg_prepared_statements'))[0]?.[0]),
    ).toBeGreaterThan(1)
  })
})

describe('statements that the backend has forgotten', () => {
  it('are prepared anew, and run once', async () => {
    await using session = openSession(database.ownerUrl, { maxConnections: 2, lanes: 1 })
    const alice = { context: { userId: 'alice' } }
    for (const op of [read, write]) {
      await rowsOf(session, op(alice), 'select 1')
      for (let i = 0; i < 3; i++) {
        await rowsOf(session, op(alice), 'select forget()')
        expect(await rowsOf(session, op(alice), 'select 1')).toEqual([['1']])
      }
    }
    const insert = { text: `insert into seen values ('once')`, values: [] }
    await session.execute(write(alice), insert)
    await session.execute(write(alice), { text: 'select forget()', values: [] })
    await session.execute(write(alice), insert)
    expect(await rowsOf(session, read(), 'select count(*) from seen')).toEqual([['2']])
  })
})
