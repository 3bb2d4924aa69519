import { startProxy } from 'substrata/testing'
import { expect, it } from 'vitest'
import { auditor, type Db, fill, openClient, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()

it.each<[string, number, (db: Db) => PromiseLike<unknown>]>([
  ['findUnique', 1, (db) => db.$as({ tenantId: 'north' }).post.findUnique({ where: { id: 1 } })],
  ['an include', 1, (db) => db.$as({ tenantId: 'north' }).post.findMany({ include: { author: true, comments: true } })],
  ['a read in a role', 1, (db) => db.$as({ role: auditor }).note.count()],
  ['a write', 1, (db) => db.$as({ userId: 'alice' }).note.update({ where: { id: 1 }, data: { text: 'of alice' } })],
  ['raw', 1, (db) => db.$as({ tenantId: 'north' }).$queryRaw`SELECT count(*)::int FROM posts`],
  ['a refused call', 0, async (db) => db.post.count().catch(() => {})],
])('%s under a context takes %i round trips', async (_name, trips, call) => {
  await fill(database)
  const { hostname, port } = new URL(database.url)
  await using proxy = await startProxy({ host: hostname, port: Number(port) })
  await using db = await openClient({ url: proxy.urlThrough(database.url) })
  // Whatever is asked only once, such as a type that is not PostgreSQL's own, has been asked.
  await call(db)
  const before = proxy.roundTrips
  await call(db)
  expect(proxy.roundTrips - before).toBe(trips)
})
