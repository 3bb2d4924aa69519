import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqlStateOf } from '../pg/sql-state.ts'
import { withClient } from '../pg/with-client.ts'
import { deployMigrations } from './deploy.ts'
import { checksum } from './directory.ts'

const CREATE = 'CREATE TABLE notes (id int PRIMARY KEY);\nCREATE INDEX ON notes (id);\n'

let directory: string
let database: TestDatabase

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'substrata-migrations-'))
  await writeFile(join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n')
  database = await createTestDatabase()
})

afterEach(async () => {
  await database.drop()
  await rm(directory, { recursive: true })
})

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true })
  await writeFile(join(directory, name, 'migration.sql'), sql)
}

const deploy = (options: { url?: string; lockTimeout?: number; onApply?: (name: string) => void } = {}) =>
  deployMigrations({ url: database.ownerUrl, directory, ...options })
const run = (sql: string, url = database.ownerUrl) => withClient(url, async (client) => (await client.query(sql)).rows)

it('applies what is pending, in order, and says what it did', async () => {
  await write('2_fill', 'INSERT INTO notes VALUES (1)')
  await write('1_create', CREATE)
  const started: string[] = []
  const first = await deploy({ onApply: (name) => started.push(name) })
  expect(first).toEqual({ applied: ['1_create', '2_fill'], already: [], edited: [], absent: [] })
  expect(started).toEqual(['1_create', '2_fill'])
  await write('3_more', 'INSERT INTO notes VALUES (2)')
  expect(await deploy()).toEqual({ applied: ['3_more'], already: ['1_create', '2_fill'], edited: [], absent: [] })
  expect(await deploy()).toMatchObject({ applied: [] })
  expect(await run('SELECT id FROM notes ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }])
})

it('writes the ledger as Prisma does', async () => {
  await write('1_create', CREATE)
  await deploy()
  const [row] = await run(
    `SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at, started_at <= finished_at AS ordered,
            id::uuid IS NOT NULL AS uuid FROM _prisma_migrations`,
  )
  expect(row).toEqual({
    migration_name: '1_create',
    checksum: checksum(CREATE),
    applied_steps_count: 1,
    logs: null,
    rolled_back_at: null,
    ordered: true,
    uuid: true,
  })
})

it('keeps the application out of the ledger', async () => {
  await write('1_create', CREATE)
  await deploy()
  await expect(run('SELECT * FROM _prisma_migrations', database.url)).rejects.toMatchObject({ code: '42501' })
  expect(await run('SELECT * FROM notes', database.url)).toEqual([])
})

it('keeps the ledger and the tables in the schema that the URL names', async () => {
  await write('1_create', CREATE)
  await run('CREATE SCHEMA "my schema"')
  const url = `${database.ownerUrl}?schema=${encodeURIComponent('my schema')}`
  expect(await deploy({ url })).toMatchObject({ applied: ['1_create'] })
  expect(await deploy({ url })).toMatchObject({ already: ['1_create'] })
  const rows = await run(
    `SELECT schemaname AS schema FROM pg_tables WHERE tablename IN ('notes', '_prisma_migrations')`,
  )
  expect(rows).toEqual([{ schema: 'my schema' }, { schema: 'my schema' }])
})

describe('a migration that fails', () => {
  const failing = "INSERT INTO notes VALUES (1);\n-- ü🙂\nINSERT INTO notess VALUES ('x');\n"

  beforeEach(async () => {
    await write('1_create', CREATE)
    await write('2_failing', failing)
    await write('3_next', 'INSERT INTO notes VALUES (3)')
  })

  it('is reported with its line, leaves nothing behind, and stops the next ones', async () => {
    const error = await deploy().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'SUB_MIGRATION_FAILED',
      details: { migration: '2_failing', sqlState: '42P01', line: 3 },
    })
    expect(sqlStateOf((error as Error).cause)).toBe('42P01')
    expect(await run('SELECT * FROM notes')).toEqual([])
    const [row] = await run(`SELECT logs, finished_at, applied_steps_count FROM _prisma_migrations
                              WHERE migration_name = '2_failing'`)
    expect(row).toMatchObject({ finished_at: null, applied_steps_count: 0 })
    expect(row.logs).toContain('relation "notess" does not exist')
  })

  it('is refused until it is resolved', async () => {
    await expect(deploy()).rejects.toThrow()
    await write('2_failing', 'INSERT INTO notes VALUES (2)')
    await expect(deploy()).rejects.toMatchObject({
      code: 'SUB_MIGRATION_UNRESOLVED',
      details: { migrations: ['2_failing'] },
    })
    // What `prisma migrate resolve --rolled-back` writes.
    await run('UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL')
    expect(await deploy()).toMatchObject({ applied: ['2_failing', '3_next'], already: ['1_create'] })
  })

  it('puts no value of a row into the message', async () => {
    await write('2_failing', "SELECT 'hunter2'::int")
    const error = (await deploy().catch((thrown: unknown) => thrown)) as Error
    expect(error).toMatchObject({ code: 'SUB_MIGRATION_FAILED', details: { sqlState: '22P02' } })
    expect(error.message).not.toContain('hunter2')
  })
})

it('reports a transaction that was left open, and does not count it as applied', async () => {
  await write('1_open', 'BEGIN; CREATE TABLE notes (id int);')
  await expect(deploy()).rejects.toMatchObject({ code: 'SUB_MIGRATION_LEFT_OPEN' })
  expect(await run(`SELECT to_regclass('notes') AS found`)).toEqual([{ found: null }])
  await expect(deploy()).rejects.toMatchObject({ code: 'SUB_MIGRATION_UNRESOLVED' })
})

it('lets no setting of one file reach the next or the ledger', async () => {
  await write('1_dump', `SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.a ()`)
  await write('2_next', 'CREATE TABLE b ()')
  expect(await deploy()).toMatchObject({ applied: ['1_dump', '2_next'] })
})

it('runs a single statement outside a transaction block', async () => {
  await write('1_create', CREATE)
  await write('2_index', 'CREATE INDEX CONCURRENTLY notes_again ON notes (id)')
  expect(await deploy()).toMatchObject({ applied: ['1_create', '2_index'] })
})

it('reports files that were edited or are gone, and goes on', async () => {
  await write('1_create', CREATE)
  await write('2_gone', 'SELECT 1')
  await write('3_crlf', 'SELECT 1;\nSELECT 2;\n')
  await deploy()
  await write('1_create', `${CREATE}-- later\n`)
  await write('3_crlf', 'SELECT 1;\r\nSELECT 2;\r\n')
  await write('4_new', 'SELECT 1')
  await rm(join(directory, '2_gone'), { recursive: true })
  expect(await deploy()).toEqual({
    applied: ['4_new'],
    already: ['1_create', '3_crlf'],
    edited: ['1_create'],
    absent: ['2_gone'],
  })
})

describe('refuses', () => {
  it('a directory that does not exist', async () => {
    const options = { url: database.ownerUrl, directory: join(directory, 'nowhere') }
    await expect(deployMigrations(options)).rejects.toMatchObject({ code: 'SUB_MIGRATIONS_NOT_FOUND' })
  })

  it('a folder without its file', async () => {
    await mkdir(join(directory, '1_empty'))
    await expect(deploy()).rejects.toMatchObject({ code: 'SUB_MIGRATION_WITHOUT_FILE' })
  })

  it('migrations for another database', async () => {
    await writeFile(join(directory, 'migration_lock.toml'), '# comment\nprovider = "mysql"\n')
    await expect(deploy()).rejects.toMatchObject({ code: 'SUB_MIGRATIONS_FOR_ANOTHER_DATABASE' })
  })

  it('a database that holds something else', async () => {
    await write('1_create', CREATE)
    await run('CREATE TABLE strangers ()')
    await expect(deploy()).rejects.toMatchObject({ code: 'SUB_DATABASE_NOT_EMPTY', details: { tables: ['strangers'] } })
    expect(await run(`SELECT to_regclass('_prisma_migrations') AS found`)).toEqual([{ found: null }])
  })

  it('to wait for ever for the lock that Prisma takes too, and names who holds it', async () => {
    await write('1_create', CREATE)
    await withClient({ connectionString: database.ownerUrl, application_name: 'prisma' }, async (other) => {
      await other.query('SELECT pg_advisory_lock(72707369)')
      const error = await deploy({ lockTimeout: 100 }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'SUB_MIGRATE_LOCKED' })
      expect((error as Error).message).toContain('(prisma)')
    })
    expect(await deploy()).toMatchObject({ applied: ['1_create'] })
  })
})

it('applies each migration once when several deploy at once, with CREATE INDEX CONCURRENTLY among them', async () => {
  await write('1_create', CREATE)
  await write('2_fill', 'INSERT INTO notes SELECT generate_series(1, 1000)')
  await write('3_index', 'CREATE INDEX CONCURRENTLY notes_again ON notes (id)')
  const results = await Promise.all(Array.from({ length: 4 }, () => deploy()))
  expect(results.filter(({ applied }) => applied.length > 0).map(({ applied }) => applied.length)).toEqual([3])
  expect(await run('SELECT count(*)::int AS rows FROM _prisma_migrations')).toEqual([{ rows: 3 }])
  expect(await run(`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'notes_again'::regclass`)).toEqual([
    { valid: true },
  ])
})
