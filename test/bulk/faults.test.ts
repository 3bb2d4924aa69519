import { startProxy } from 'substrata/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createImportLedger } from '../../src/features/bulk/index.ts'
import { withClient } from '../../src/pg/with-client.ts'
import { sample } from '../rounds.ts'
import { rejection } from '../session.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

/** Connections that break, and callers who lose patience, in the midst of a bulk write: all rows of it or none. */

const database = usePeopleDatabase()
let db: Db

beforeAll(async () => {
  await createImportLedger(database.ownerUrl)
  db = await openPeople(database.url)
})
afterAll(() => db.$close())
beforeEach(async () => {
  await idle()
  await db.visit.deleteMany()
  await db.person.deleteMany()
  await db.room.deleteMany()
})

const written = async () => (await db.person.count()) + (await db.room.count())

/** Three portions of them. */
const data = Array.from({ length: 25_000 }, (_, i) => ({ email: `p${i}@example.com`, name: `name ${i}` }))
/** Some with a value of the database's own, so that they are two lists of values. */
const rooms = data.map(({ name }, i) => (i % 2 ? { name } : { name, id: 1_000_000 + i }))

/** Nothing of what was broken off runs any more. */
async function idle(): Promise<void> {
  const running = `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND (state = 'active' OR state LIKE 'idle in%')`
  await expect
    .poll(() => withClient(database.adminUrl, async (client) => (await client.query(running)).rows.length))
    .toBe(0)
}

const writes = {
  'upsertMany by copy': (db: Db) => db.person.upsertMany({ data, conflict: ['email'], strategy: 'copy' }),
  'upsertMany by unnest': (db: Db) => db.person.upsertMany({ data, conflict: ['email'], outcome: 'rows' }),
  createMany: (db: Db) => db.room.createMany({ data: rooms }),
}

const points = [
  { write: 'upsertMany by copy', point: { direction: 'toServer', message: 'CopyData', nth: 2 } },
  { write: 'upsertMany by copy', point: { direction: 'toServer', message: 'CopyData', nth: 2, when: 'after' } },
  { write: 'upsertMany by copy', point: { direction: 'toClient', message: 'CopyInResponse', nth: 3 } },
  { write: 'upsertMany by copy', point: { direction: 'toServer', message: 'Parse', matching: /ON CONFLICT/ } },
  { write: 'upsertMany by unnest', point: { direction: 'toClient', message: 'DataRow', nth: 2 } },
  { write: 'createMany', point: { direction: 'toServer', message: 'Parse', matching: /DEFAULT/, nth: 2 } },
  { write: 'createMany', point: { direction: 'toServer', message: 'Parse', matching: /COMMIT/ } },
] as const

describe.each(sample(points, 2))(
  '$write, its connection lost at $point.direction $point.message',
  ({ write, point }) => {
    test.each(sample(['reset', 'cut'] as const, 2))('by a %s', async (how) => {
      await using proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(database.url).port) })
      const through = await openPeople(proxy.urlThrough(database.url))
      try {
        await through.person.deleteMany({ where: { id: '' } })
        const fault = proxy[how](point)
        const error = await rejection(Promise.resolve(writes[write](through)))
        await fault.happened
        expect(error).toMatchObject({ code: 'SUB_CONNECTION_LOST' })
        await idle()
        expect(await written()).toBe(0)
        // The client goes on with another connection.
        await writes[write](through)
        expect(await written()).toBe(data.length)
      } finally {
        await through.$close()
      }
    })
  },
)

test.each(sample([2, 1, 3], 3))('an import whose connection is lost in COPY %i is resumed, exactly', async (nth) => {
  const text = Buffer.from(data.map((row) => JSON.stringify(row)).join('\n'))
  const source = {
    size: text.length,
    read: async function* (offset: number) {
      yield text.subarray(offset)
    },
  }
  const options = { format: 'ndjson', token: `lost ${nth}` } as const
  await using proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(database.url).port) })
  const through = await openPeople(proxy.urlThrough(database.url))
  try {
    const fault = proxy.reset({ direction: 'toServer', message: 'CopyData', nth })
    expect(await rejection(Promise.resolve(through.person.importFrom(source, options)))).toMatchObject({
      code: 'SUB_CONNECTION_LOST',
    })
    await fault.happened
    await idle()
    expect(await db.person.count()).toBe((nth - 1) * 10_000)
    expect(await through.person.importFrom(source, options)).toMatchObject({ rows: 25_000, count: 25_000 })
    expect(await db.person.count()).toBe(25_000)
  } finally {
    await through.$close()
  }
})

describe.each(Object.entries(writes))('%s, aborted', (_name, write) => {
  test.each(['at once', 'in its midst'])('%s', async (when) => {
    const abort = new AbortController()
    let statements = 0
    const off = db.$events.on('statement', () => {
      if (++statements === 2) abort.abort()
    })
    if (when === 'at once') abort.abort()
    const error = await rejection(Promise.resolve(write(db.$with({ signal: abort.signal }) as Db)))
    off()
    expect(error).toMatchObject({ code: 'SUB_ABORTED' })
    await idle()
    expect(await written()).toBe(0)
  })
})
