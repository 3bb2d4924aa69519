import { cleanDatabase, createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../pg/with-client.ts'

const setup = `
  CREATE TABLE authors (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text);
  CREATE TABLE "Odd ""name""" (id serial PRIMARY KEY, author_id int NOT NULL REFERENCES authors);
  CREATE SCHEMA billing;
  CREATE TABLE billing.invoices (id int, author_id int REFERENCES public.authors);
  CREATE TABLE events (day date) PARTITION BY RANGE (day);
  CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE MATERIALIZED VIEW names AS SELECT name FROM authors;
  CREATE TABLE _prisma_migrations (id int);
  INSERT INTO _prisma_migrations VALUES (1);
  ALTER TABLE authors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`

const fill = `
  ALTER TABLE authors NO FORCE ROW LEVEL SECURITY;
  INSERT INTO authors (name) VALUES ('a'), ('b');
  ALTER TABLE authors FORCE ROW LEVEL SECURITY;
  INSERT INTO "Odd ""name""" (author_id) VALUES (1);
  INSERT INTO billing.invoices VALUES (1, 2);
  INSERT INTO events VALUES ('2024-05-05');`

const count = `
  SELECT (SELECT count(*)::int FROM authors) AS authors, (SELECT count(*)::int FROM "Odd ""name""") AS odd,
         (SELECT count(*)::int FROM billing.invoices) AS invoices, (SELECT count(*)::int FROM events) AS events,
         (SELECT count(*)::int FROM _prisma_migrations) AS ledger`

const run = (url: string, sql: string) => withClient(url, async (client) => (await client.query(sql)).rows)

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase({ setup })
})
afterEach(() => database.drop())

it('empties every table of every schema and spares the ledger', async () => {
  await run(database.ownerUrl, fill)
  expect(await run(database.adminUrl, count)).toEqual([{ authors: 2, odd: 1, invoices: 1, events: 1, ledger: 1 }])
  await cleanDatabase(database.ownerUrl)
  expect(await run(database.adminUrl, count)).toEqual([{ authors: 0, odd: 0, invoices: 0, events: 0, ledger: 1 }])
})

it('starts the identities again', async () => {
  await run(database.ownerUrl, fill)
  await cleanDatabase(database.ownerUrl)
  await run(database.ownerUrl, fill)
  expect(await run(database.adminUrl, 'SELECT id FROM authors ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
})

it('has nothing to do without tables', async () => {
  await using empty = await createTestDatabase()
  await cleanDatabase(empty.ownerUrl)
})

describe('refuses', () => {
  it('a role that may not truncate, and empties nothing', async () => {
    await run(database.ownerUrl, fill)
    await expect(cleanDatabase(database.url)).rejects.toMatchObject({
      code: 'SUB_CLEAN_NOT_ALLOWED',
      details: { role: 'substrata_test_app', tables: expect.arrayContaining(['public.authors', 'billing.invoices']) },
    })
    expect(await run(database.adminUrl, count)).toMatchObject([{ authors: 2 }])
  })

  it('a role that may truncate but not restart the identities', async () => {
    await run(database.ownerUrl, 'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public, billing TO substrata_test_app')
    await expect(cleanDatabase(database.url)).rejects.toMatchObject({ code: 'SUB_CLEAN_NOT_ALLOWED' })
  })

  it('to wait for ever for a transaction left open, and names it', async () => {
    const open = { connectionString: database.ownerUrl, application_name: 'forgetful' }
    await withClient(open, async (other) => {
      await other.query('BEGIN; LOCK TABLE events')
      const error = (await cleanDatabase(database.ownerUrl).catch((thrown: unknown) => thrown)) as Error
      expect(error).toMatchObject({ code: 'SUB_CLEAN_BLOCKED' })
      expect(error.message).toContain('"forgetful", idle in transaction, last statement: BEGIN; LOCK TABLE events')
    })
  })

  it('to run in production', async () => {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      await expect(cleanDatabase(database.ownerUrl)).rejects.toMatchObject({ code: 'SUB_CLEAN_IN_PRODUCTION' })
    } finally {
      process.env.NODE_ENV = before
    }
  })
})
