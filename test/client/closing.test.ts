import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { checkConnections } from '../../src/testing/index.ts'
import { openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()

const asAdmin = <T>(body: (query: (text: string) => Promise<{ rows: { n: number }[] }>) => Promise<T>) =>
  withClient(database.adminUrl, (admin) => body((sql) => admin.query<{ n: number }>(sql)))

async function until(condition: string): Promise<void> {
  await asAdmin((query) => expect.poll(async () => (await query(condition)).rows[0]?.n).toBe(1))
}

const oneSleeps = `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%pg_sleep%'`

describe('$close', () => {
  it('lets what runs and what waits end, takes nothing new, and leaves no connection', async () => {
    const db = await openClient({ url: database.url, config: { maxConnections: 2, lanes: 0 } })
    const running = Array.from(
      { length: 6 },
      (_, i) => db.$queryRaw<{ i: number }[]>`SELECT ${i}::int AS i FROM pg_sleep(0.05)`,
    )
    const answers = Promise.all(running)
    const transaction = db.$transaction(async (tx) => {
      await tx.parent.count()
      closing = db.$close()
      await expect(db.parent.count()).rejects.toMatchObject({ code: 'SUB_CLOSED', details: { outcome: 'never sent' } })
      // A transaction that is open may end.
      return tx.$executeRaw`INSERT INTO parents (id, name) VALUES (1, 'while closing')`
    })
    let closing: Promise<void> | undefined
    expect(await transaction).toBe(1)
    expect((await answers).map(([row]) => row?.i)).toEqual([0, 1, 2, 3, 4, 5])
    await closing
    await checkConnections(database.adminUrl)
    await expect(db.$transaction((tx) => tx.parent.count())).rejects.toMatchObject({ code: 'SUB_CLOSED' })
    await expect(db.$as({ userId: 'a' }).parent.findFirst()).rejects.toMatchObject({ code: 'SUB_CLOSED' })
  })

  it('stops on the server what has not ended by its deadline', async () => {
    const db = await openClient({ url: database.url })
    const endless = expect(db.$queryRaw`SELECT pg_sleep(60)::text`).rejects.toMatchObject({
      code: expect.stringMatching(/^SUB_(CLOSED|CONNECTION_LOST)$/),
    })
    const open = expect(
      db.$transaction((tx) => tx.$queryRaw`SELECT pg_sleep(60)::text`, { timeout: 60_000 }),
    ).rejects.toThrow()
    await asAdmin((query) => expect.poll(async () => (await query(oneSleeps)).rows[0]?.n).toBe(2))
    await db.$close({ deadline: 50 })
    await Promise.all([endless, open])
    await asAdmin((query) => expect.poll(async () => (await query(oneSleeps)).rows[0]?.n).toBe(0))
    await checkConnections(database.adminUrl)
  })

  it('twice is harmless, from any of its clients, and $disconnect is the same', async () => {
    const db = await openClient({ url: database.url })
    await db.parent.count()
    await Promise.all([db.$close(), db.$as({ userId: 'a' }).$close(), db.$disconnect()])
    await db.$close()
    await checkConnections(database.adminUrl)
  })

  it('happens at the end of `await using`', async () => {
    {
      await using db = await openClient({ url: database.url })
      await db.parent.count()
    }
    await checkConnections(database.adminUrl)
  })

  it('of a client that was never used', async () => {
    const db = await openClient({ url: database.url })
    await db.$close()
    await checkConnections(database.adminUrl)
  })
})

describe('closeOn', () => {
  function start(): ChildProcess {
    const args = ['--import', 'tsx', '--conditions=substrata-source', join(import.meta.dirname, 'closes-on-signal.ts')]
    return spawn(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('%s: what runs ends, then the signal ends the process', async (signal) => {
    const child = start()
    const output = text(child.stdout!)
    await until(oneSleeps)
    child.kill(signal)
    const [code, by] = await once(child, 'exit')
    expect([code, by]).toEqual([null, signal])
    expect(await output).toBe('slept\n')
    await checkConnections(database.adminUrl)
  })
})
