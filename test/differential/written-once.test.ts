import type { Client } from 'pg'
import { startProxy } from 'substrata/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { rejection } from '../session.ts'
import { type AnySubstrata, openClient, openWorld, type World } from './world.ts'

/** Whatever goes wrong after a write was sent, it is not sent again: neither by us nor by Prisma. */

let world: World

beforeAll(async () => {
  world = await openWorld('defaults')
  // A trigger per statement sees also writes that touch no row, and sequences those that were rolled back.
  await admin(`
    CREATE SEQUENCE statements;
    GRANT USAGE ON SEQUENCE statements TO PUBLIC;
    CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM nextval('public.statements'); RETURN NULL; END $$;
    CREATE TRIGGER counted BEFORE INSERT OR UPDATE OR DELETE ON "Counter"
      FOR EACH STATEMENT EXECUTE FUNCTION count_statement();`)
})

afterEach(async () => {
  await admin(`DROP TRIGGER IF EXISTS broken ON "Counter"; DELETE FROM "Counter"; ALTER SEQUENCE statements RESTART;`)
})

afterAll(() => world[Symbol.asyncDispose]())

const row = { slug: 'one', region: 'r', number: 1n }

test('an update and a delete of no row are P2025 after one statement', async () => {
  for (const write of [
    world.ours.counter!.update!({ where: { slug: 'none' }, data: { hits: 1 } }),
    world.ours.counter!.delete!({ where: { slug: 'none' } }),
    world.ours.counter!.update!({ where: { slug: 'none' }, data: { hits: 1 }, select: { ratio: true } }),
  ]) {
    expect(world.ours.$path(write)).toEqual({ path: 'direct' })
    expect(await rejection(write)).toMatchObject({ name: 'PrismaClientKnownRequestError', code: 'P2025' })
  }
  expect(await statements()).toBe(3)
})

test('a database error is worded by Prisma after one statement', async () => {
  await world.ours.counter!.create!({ data: row })
  const again = rejection(world.ours.counter!.create!({ data: row }))
  expect(await again).toMatchObject({ code: 'P2002', meta: { modelName: 'Counter' } })
  expect(await statements()).toBe(2)
})

test('a value that only Prisma can read, or nobody, is not written twice', async () => {
  await world.ours.counter!.create!({ data: row })
  await admin(`UPDATE "Counter" SET seen = 'infinity'; ALTER SEQUENCE statements RESTART;
    CREATE OR REPLACE FUNCTION seen_for_ever() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.seen := 'infinity'; RETURN NEW; END $$;
    CREATE TRIGGER broken BEFORE UPDATE ON "Counter" FOR EACH ROW EXECUTE FUNCTION seen_for_ever();`)
  const write = world.ours.counter!.update!({ where: { slug: 'one' }, data: { hits: { increment: 1 } } })
  expect(world.ours.$path(write)).toEqual({ path: 'direct' })
  await write.catch(() => undefined)
  expect(await statements()).toBe(1)
  expect(await admin(`SELECT hits FROM "Counter"`)).toEqual([{ hits: 1 }])
})

test.each([
  { direction: 'toClient', message: 'CommandComplete' },
  { direction: 'toClient', message: 'DataRow' },
  { direction: 'toClient', message: 'ReadyForQuery' },
  { direction: 'toServer', message: 'Sync', when: 'after' },
] as const)('a connection lost at $direction $message leaves at most one row', async (point) => {
  await using proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(world.database.url).port) })
  const ours = await openClient('defaults', world.schema, proxy.urlThrough(world.database.url))
  try {
    // Opens the connection that writes take.
    await ours.literal!.deleteMany!({ where: { id: -1 } })
    const fault = proxy.cut(point)
    const error = await rejection(ours.counter!.create!({ data: row }))
    await fault.happened
    expect(error).toMatchObject({ code: 'SUB_CONNECTION_LOST' })
    await idle()
    expect(await statements()).toBeLessThanOrEqual(1)
    expect((await admin(`SELECT * FROM "Counter"`)).length).toBeLessThanOrEqual(1)
    // The connections that were lost are replaced.
    await expect(ours.counter!.count!({})).resolves.toBeTypeOf('number')
  } finally {
    await ours.$close()
  }
})

test('a deadline stops a write, and nothing sends it again', async () => {
  await admin(`CREATE OR REPLACE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON "Counter" FOR EACH ROW EXECUTE FUNCTION slow();`)
  const hurried: AnySubstrata = world.ours.$with({ timeout: 100 })
  expect(await rejection(hurried.counter!.create!({ data: row }))).toMatchObject({ code: 'SUB_TIMEOUT' })
  await idle()
  expect(await statements()).toBe(1)
  expect(await admin(`SELECT * FROM "Counter"`)).toEqual([])
})

function admin(text: string): Promise<unknown[]> {
  return withClient(world.database.adminUrl, async (client: Client) => {
    const result = await client.query(text)
    return result.rows ?? []
  })
}

/** Statements that PostgreSQL has begun to run on the table. */
async function statements(): Promise<number> {
  const [counted] = await admin('SELECT CASE WHEN is_called THEN last_value ELSE 0 END::int AS n FROM statements')
  return (counted as { n: number }).n
}

/** Waits until the server runs nothing of the application's any more. */
async function idle(): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await admin(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'`,
          )
        ).length,
      { timeout: 10_000 },
    )
    .toBe(0)
}
