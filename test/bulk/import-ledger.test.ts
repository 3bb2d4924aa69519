import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployMigrations } from 'substrata'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { dropImportLedger } from '../../src/features/bulk/index.ts'
import { withClient } from '../../src/pg/with-client.ts'
import { type Db, openPeople } from './open-people.ts'

/** What an application that owns nothing meets at its first resumable import. */

const tables = readFileSync(join(import.meta.dirname, 'setup.sql'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'substrata-ledger-'))
const migrations = join(folder, 'migrations')

beforeAll(() => {
  mkdirSync(join(migrations, '20260101000000_init'), { recursive: true })
  writeFileSync(join(migrations, '20260101000000_init/migration.sql'), tables)
  writeFileSync(join(folder, 'people.ndjson'), '{"email":"a@x"}\n{"email":"b@x"}\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

let database: TestDatabase | undefined
let db: Db | undefined
afterEach(async () => {
  await db?.$close()
  await database?.drop()
  database = db = undefined
})

async function open(options: Parameters<typeof createTestDatabase>[0]): Promise<{ database: TestDatabase; db: Db }> {
  database = await createTestDatabase(options)
  db = await openPeople(database.url)
  return { database, db }
}

const importInto = ({ person }: Db) =>
  Promise.resolve(person.importFrom(join(folder, 'people.ndjson'), { token: 'people' }))

test('deployed migrations have made the ledger', async () => {
  const { db } = await open({ migrations })
  expect(await importInto(db)).toMatchObject({ count: 2 })
  expect(await importInto(db)).toMatchObject({ count: 2 })
  expect(await db.person.count()).toBe(2)
})

test('without one nothing is written, and the error says who makes it', async () => {
  const { database, db } = await open({ setup: tables })
  await expect(importInto(db)).rejects.toMatchObject({
    code: 'SUB_IMPORT_LEDGER_MISSING',
    message: expect.stringContaining('substrata migrate deploy') as string,
  })
  expect(await db.person.count()).toBe(0)
  // Deployed to a database that is there already.
  await withClient(database.ownerUrl, (client) =>
    client.query('DROP TABLE visits, people, places, rooms, readings, excluded, written, locked; DROP TYPE ranks'),
  )
  await deployMigrations({ url: database.ownerUrl, directory: migrations })
  expect(await importInto(db)).toMatchObject({ count: 2 })
})

test('a role that may create no schema deploys all the same', async () => {
  const { database, db } = await open({})
  await withClient(database.adminUrl, async (client) => {
    const { rows } = await client.query<{ sql: string }>(
      `SELECT format('ALTER DATABASE %1$I OWNER TO CURRENT_USER; REVOKE CREATE ON DATABASE %1$I FROM %2$I', current_database(), $1::text) AS sql`,
      [decodeURIComponent(new URL(database.ownerUrl).username)],
    )
    await client.query(rows[0]!.sql)
  })
  expect(await deployMigrations({ url: database.ownerUrl, directory: migrations })).toMatchObject({
    applied: ['20260101000000_init'],
  })
  await expect(importInto(db)).rejects.toMatchObject({ code: 'SUB_IMPORT_LEDGER_MISSING' })
})

test('a table that was made anew is imported anew, under another token or after a reset', async () => {
  const { database, db } = await open({ migrations })
  await importInto(db)
  await withClient(database.ownerUrl, async (client) => {
    await client.query('DROP TABLE visits, people, places, rooms, readings, excluded, written, locked')
    await client.query(tables.replace(/CREATE TYPE .*;/, ''))
  })
  await expect(importInto(db)).rejects.toMatchObject({ code: 'SUB_IMPORT_CHANGED' })
  await dropImportLedger(database.ownerUrl)
  await deployMigrations({ url: database.ownerUrl, directory: migrations })
  expect(await importInto(db)).toMatchObject({ count: 2 })
  expect(await db.person.count()).toBe(2)
})
