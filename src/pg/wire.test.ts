import { PassThrough } from 'node:stream'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { isSubstrataError } from '../core/errors.ts'
import { useTestDatabase } from '../testing/vitest.ts'
import { takeWire } from './wire.ts'

const database = useTestDatabase()

describe('the wire of a client', () => {
  it('goes to the reader, and back to pg', async () => {
    const client = new Client({ connectionString: database.url })
    await client.connect()
    const heard: number[] = []
    const wire = takeWire(client, (chunk) => heard.push(chunk[0] ?? 0))
    const sync = Buffer.from([0x53, 0, 0, 0, 4])
    const readyForQuery = 0x5a
    wire.write(sync)
    await expect.poll(() => heard).toEqual([readyForQuery])
    wire.release()
    expect((await client.query<{ n: number }>('select 1 as n')).rows).toEqual([{ n: 1 }])
    wire.retake()
    wire.write(sync)
    await expect.poll(() => heard).toEqual([readyForQuery, readyForQuery])
    await client.end()
  })

  it.each([
    ['no connection', {}],
    ['no stream', { connection: {} }],
    ['no reader of its own', { connection: { stream: new PassThrough() } }],
  ])('is not taken from a pg with %s', (_, client) => {
    const take = () => takeWire(client as Client, () => {})
    expect(take).toThrow(expect.toSatisfy((error: unknown) => isSubstrataError(error, 'SUB_DRIVER_UNSUPPORTED')))
  })
})
