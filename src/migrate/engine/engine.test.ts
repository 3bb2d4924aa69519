import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMigratingRole, type MigratingRole } from '../../../test/prisma-cli/migrating-role.ts'
import { withClient } from '../../pg/with-client.ts'
import { parseConnection } from './connection.ts'
import { openEngine, withShadowDatabase } from './engine.ts'
import { replayMigrations } from './replay.ts'
import { openSession, type SchemaFile } from './session.ts'

const datasource = 'datasource db {\n  provider = "postgresql"\n}\n'
const schemaOf = (...models: string[]): SchemaFile[] => [
  { path: '/project/schema.prisma', content: [datasource, ...models].join('\n') },
]
const USER = 'model User {\n  id Int @id\n  email String @unique\n}\n'

let database: TestDatabase
let role: MigratingRole
let directory: string

beforeAll(async () => {
  database = await createTestDatabase()
  role = await createMigratingRole(database)
  directory = mkdtempSync(join(tmpdir(), 'substrata-engine-'))
})

afterAll(async () => {
  rmSync(directory, { recursive: true })
  await role[Symbol.asyncDispose]()
})

const run = (sql: string) => withClient(database.adminUrl, async (client) => (await client.query(sql)).rows)

function history(name: string, ...scripts: string[]): string {
  const migrations = join(directory, name)
  for (const [index, script] of scripts.entries()) {
    mkdirSync(join(migrations, `${index + 1}_step`), { recursive: true })
    writeFileSync(join(migrations, `${index + 1}_step`, 'migration.sql'), script)
  }
  return migrations
}

describe('a diff', () => {
  it('of two schemas needs no database', async () => {
    await using engine = await openEngine({ schema: schemaOf(USER) })
    const { changed, sql } = await engine.diff({ kind: 'empty' }, { kind: 'schema' })
    expect(changed).toBe(true)
    expect(sql).toContain('CREATE UNIQUE INDEX "User_email_key"')
    expect(await engine.diff({ kind: 'schema' }, { kind: 'schema' })).toEqual({ changed: false, sql: '' })
    await expect(engine.diff({ kind: 'database' }, { kind: 'schema' })).rejects.toMatchObject({
      code: 'SUB_ENGINE_CONNECTION',
    })
  })

  it('of a database reads constraints and catalogue characters', async () => {
    await run(
      'CREATE TABLE odd (id int PRIMARY KEY, n int NOT NULL CHECK (n > 0), x int4range, EXCLUDE USING gist (x WITH &&))',
    )
    await using engine = await openEngine({ url: role.url, schema: schemaOf(USER) })
    const { sql } = await engine.diff({ kind: 'database' }, { kind: 'schema' })
    expect(sql).toContain('DROP TABLE "odd"')
    await run('DROP TABLE odd')
  })

  it('of a history replays it whole, functions and strings with semicolons too, and leaves no shadow behind', async () => {
    const migrations = history(
      'whole',
      `CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 2; END; $$;`,
      `CREATE TABLE "User" (id int PRIMARY KEY DEFAULT two(), email text NOT NULL DEFAULT ';');`,
    )
    await using engine = await openEngine({ url: role.url, schema: schemaOf(USER) })
    const { sql } = await engine.diff({ kind: 'migrations', directory: migrations }, { kind: 'schema' })
    expect(sql).toContain('CREATE UNIQUE INDEX "User_email_key"')
    expect(sql).not.toContain('CREATE TABLE')
    expect(await role.databases()).toEqual([])
  })

  it('of a broken history names the migration, and leaves no shadow behind', async () => {
    await using engine = await openEngine({ url: role.url, schema: schemaOf(USER) })
    const broken = { kind: 'migrations', directory: history('broken', 'SELECT 1', 'SELEC 1') } as const
    await expect(engine.diff(broken, { kind: 'schema' })).rejects.toMatchObject({
      code: 'SUB_ENGINE_FAILED',
      details: { prismaCode: 'P3006', reason: expect.stringContaining('2_step') },
    })
    expect(await role.databases()).toEqual([])
  })

  it('of a schema with faults names file and line of each', async () => {
    const second = { path: '/project/models/post.prisma', content: 'model Post {\n  id Nope @id\n}\n' }
    await using engine = await openEngine({ schema: [...schemaOf(USER.replace('String', 'Strin')), second] })
    await expect(engine.validate()).rejects.toMatchObject({
      code: 'SUB_ENGINE_SCHEMA',
      details: {
        faults: [
          { file: '/project/schema.prisma', line: 7, message: expect.stringContaining('Type "Strin"') },
          { file: '/project/models/post.prisma', line: 2, message: expect.stringContaining('Type "Nope"') },
        ],
      },
    })
  })
})

describe('connections', () => {
  it('are closed, whatever happened', async () => {
    const name = `engine-test-${process.pid}`
    const url = `${database.adminUrl}?application_name=${name}`
    await openEngine({ url, schema: schemaOf(USER) }).then(async (engine) => {
      await engine.diff({ kind: 'database' }, { kind: 'schema' })
      await engine[Symbol.asyncDispose]()
    })
    const session = await openSession({ main: parseConnection(url) })
    await session.call('dbExecute', { datasourceType: { tag: 'url', url }, script: 'SELEC' }).catch(() => {})
    await session[Symbol.asyncDispose]()
    const open = () => run(`SELECT FROM pg_stat_activity WHERE application_name = '${name}'`)
    await expect.poll(open).toEqual([])
  })

  it('are closed under a statement that still runs', async () => {
    const session = await openSession({ main: parseConnection(database.adminUrl) })
    const script = "SELECT pg_sleep(600) -- engine's"
    const sleeping = session.call('dbExecute', { datasourceType: { tag: 'url', url: '' }, script })
    sleeping.catch(() => {})
    const running = () => run(`SELECT FROM pg_stat_activity WHERE query = $$${script}$$ AND state = 'active'`)
    await expect.poll(async () => (await running()).length).toBe(1)
    await session[Symbol.asyncDispose]()
    await expect(sleeping).rejects.toThrow()
    await expect.poll(running).toEqual([])
  })

  it('that fail say why in Prisma’s codes', async () => {
    const open = (change: (url: URL) => void) => {
      const url = new URL(database.adminUrl)
      change(url)
      return openEngine({ url: url.href, schema: schemaOf(USER) })
    }
    const elsewhere = openEngine({ url: 'mysql://root@localhost/app', schema: schemaOf(USER) })
    const fault = (prismaCode: string) => ({ code: 'SUB_ENGINE_CONNECTION', details: { prismaCode } })
    await expect(elsewhere).rejects.toMatchObject(fault('P1013'))
    await expect(open((url) => (url.password = 'wrong'))).rejects.toMatchObject(fault('P1000'))
    await expect(open((url) => (url.port = '1'))).rejects.toMatchObject(fault('P1001'))
    await expect(open((url) => (url.pathname = '/nowhere'))).rejects.toMatchObject(fault('P1003'))
  })
})

it('turns a panic into an error, and starts anew afterwards', async () => {
  await using session = await openSession({ main: parseConnection(database.adminUrl) })
  // Parameters that the engine cannot read trap it in the middle of an asynchronous call.
  const incomplete = JSON.parse('{}')
  await expect(session.call('diff', incomplete)).rejects.toMatchObject({ code: 'SUB_ENGINE_PANIC' })
  await using engine = await openEngine({ url: role.url, schema: schemaOf(USER) })
  expect(await engine.diff({ kind: 'database' }, { kind: 'schema' })).toMatchObject({ changed: true })
})

describe('a shadow database', () => {
  it('takes a history, is changed, compared, and dropped', async () => {
    const migrations = history('shadowed', 'CREATE TABLE "User" (id int PRIMARY KEY, email text NOT NULL, extra int);')
    const diff = await withShadowDatabase({ url: role.url }, async (url) => {
      await replayMigrations(url, migrations)
      await withClient(url, (client) => client.query('ALTER TABLE "User" DROP COLUMN extra'))
      await using engine = await openEngine({ url, schema: schemaOf(USER) })
      return await engine.diff({ kind: 'database' }, { kind: 'schema' })
    })
    expect(diff.sql).toBe('-- CreateIndex\nCREATE UNIQUE INDEX "User_email_key" ON "User"("email");\n')
    expect(await role.databases()).toEqual([])
  })

  it('is dropped when the work fails', async () => {
    const failing = history('failing', 'SELECT 1;\n\nSELEC 2;\n')
    await expect(withShadowDatabase({ url: role.url }, (url) => replayMigrations(url, failing))).rejects.toMatchObject({
      code: 'SUB_MIGRATION_REPLAY_FAILED',
      details: { migration: '1_step', line: 3 },
    })
    expect(await role.databases()).toEqual([])
  })

  it('that is given is emptied and kept', async () => {
    await using given = await createTestDatabase()
    await withClient(given.adminUrl, (client) => client.query('CREATE SCHEMA a; CREATE TABLE a.b (id int)'))
    const tables = await withShadowDatabase({ url: database.adminUrl, shadowUrl: given.adminUrl }, (url) =>
      withClient(url, (client) => client.query(`SELECT to_regclass('a.b') AS b`)),
    )
    expect(tables.rows).toEqual([{ b: null }])
  })

  it('is never one to which migrations were deployed', async () => {
    await using given = await createTestDatabase()
    await withClient(given.adminUrl, (client) =>
      client.query('CREATE TABLE _prisma_migrations (id int); CREATE TABLE kept ()'),
    )
    const work = async () => 'reached'
    await expect(withShadowDatabase({ url: database.adminUrl, shadowUrl: given.adminUrl }, work)).rejects.toMatchObject(
      { details: { prismaCode: 'P3006' } },
    )
    const { rows } = await withClient(given.adminUrl, (client) => client.query(`SELECT to_regclass('kept') AS kept`))
    expect(rows).toEqual([{ kept: 'kept' }])
  })

  it('is never the main database, and takes the right to create one', async () => {
    const work = async () => 'reached'
    const { adminUrl, ownerUrl } = database
    await expect(withShadowDatabase({ url: adminUrl, shadowUrl: adminUrl }, work)).rejects.toMatchObject({
      details: { prismaCode: 'P3006' },
    })
    const alias = new URL(adminUrl)
    alias.hostname = alias.hostname === 'localhost' ? '127.0.0.1' : 'localhost'
    await expect(withShadowDatabase({ url: adminUrl, shadowUrl: alias.href }, work)).rejects.toMatchObject({
      details: { prismaCode: 'P3006' },
    })
    await expect(withShadowDatabase({ url: ownerUrl }, work)).rejects.toMatchObject({
      details: { prismaCode: 'P3014' },
    })
  })
})
