import { afterAll, beforeAll, expect, it } from 'vitest'
import { rounds } from '../rounds.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
let db: Db

beforeAll(async () => {
  db = await openPeople(database.url)
})
afterAll(() => db.$close())

const WRITERS = 8
const KEYS = 400

/** Rows of some of the keys, in no order. */
function randomRows(writer: number, round: number) {
  const emails = Array.from({ length: KEYS }, (_, i) => `k${i}@example.com`).filter(() => Math.random() < 0.5)
  return emails
    .map((email) => ({ email, name: `${writer}/${round}`, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ email, name }) => ({ email, name }))
}

it.each(['unnest', 'copy'] as const)(
  'eight writers of overlapping rows by %s never deadlock, inside transactions and outside',
  async (strategy) => {
    for (let round = 0; round < rounds(20, 200); round++) {
      if (round % 5 === 0) await db.person.deleteMany()
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        const args = { data: randomRows(writer, round), conflict: ['email'], strategy } as const
        // Inside a transaction nothing is tried again: there every deadlock is seen.
        return db.$transaction((tx) => tx.person.upsertMany(args), { timeout: 30_000, maxWait: 30_000 })
      })
      await Promise.all(writers)
      const seen = await db.person.groupBy({ by: ['email'], _count: true })
      expect(seen.every(({ _count }) => _count === 1)).toBe(true)
    }
  },
  300_000,
)
