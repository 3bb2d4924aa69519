import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createTestDatabase } from 'substrata/testing'
import { expect, it } from 'vitest'
import { identifier } from '../../pg/sql.ts'
import { withClient } from '../../pg/with-client.ts'
import { templateName } from './template.ts'

const server = process.env.SUBSTRATA_TEST_SERVER!
const run = (url: string, sql: string, values?: unknown[]) =>
  withClient(url, async (client) => (await client.query(sql, values)).rows)

/** Contents that no earlier run has built a template of. */
const unique = (sql: string) => `${sql}; -- ${crypto.randomUUID()}`

async function countDatabases(like: string): Promise<number> {
  const [row] = await run(server, 'SELECT count(*)::int AS count FROM pg_database WHERE datname LIKE $1', [like])
  return row.count
}

it('hands out databases that hold the migrations and the set-up, each its own', async () => {
  const migrations = await mkdtemp(join(tmpdir(), 'substrata-migrations-'))
  try {
    await mkdir(join(migrations, '1_create'))
    await writeFile(join(migrations, '1_create', 'migration.sql'), 'CREATE TABLE notes (id int)')
    const contents = { migrations, setup: 'INSERT INTO notes VALUES (1)' }
    await using first = await createTestDatabase(contents)
    await using second = await createTestDatabase(contents)
    await run(first.url, 'DELETE FROM notes')
    expect(await run(first.url, 'SELECT id FROM notes')).toEqual([])
    expect(await run(second.url, 'SELECT id FROM notes')).toEqual([{ id: 1 }])
    await writeFile(join(migrations, '1_create', 'migration.sql'), 'CREATE TABLE notes (other int)')
    await using third = await createTestDatabase({ migrations })
    expect(await run(third.url, 'SELECT other FROM notes')).toEqual([])
  } finally {
    await rm(migrations, { recursive: true })
  }
})

it('connects as the application, as the owner and as the superuser', async () => {
  await using database = await createTestDatabase({ setup: 'CREATE TABLE notes (id int)' })
  await expect(run(database.url, 'DROP TABLE notes')).rejects.toMatchObject({ code: '42501' })
  await run(database.ownerUrl, 'DROP TABLE notes')
  const sql = 'SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user'
  expect(await run(database.url, sql)).toEqual([{ rolsuper: false, rolbypassrls: false }])
  expect(await run(database.ownerUrl, sql)).toEqual([{ rolsuper: false, rolbypassrls: false }])
  expect(await run(database.adminUrl, sql)).toMatchObject([{ rolsuper: true }])
})

it('is gone after disposal, whoever is still connected', async () => {
  let name: string
  await using guard = await createTestDatabase()
  {
    await using database = await createTestDatabase()
    name = database.name
    expect(await countDatabases(name)).toBe(1)
    const { Client } = await import('pg')
    const leaked = new Client({ connectionString: database.url })
    leaked.on('error', () => {})
    await leaked.connect()
  }
  expect(await countDatabases(name)).toBe(0)
  expect(await countDatabases(guard.name)).toBe(1)
  await guard.drop()
  await guard.drop()
})

it('builds one template when many processes need it at once', async () => {
  const setup = unique('CREATE TABLE built (id int); INSERT INTO built VALUES (1); SELECT pg_sleep(0.3)')
  const script = `
    import { createTestDatabase } from 'substrata/testing'
    const names = await Promise.all([1, 2].map(() => createTestDatabase({ setup: process.env.SETUP })))
    console.log(JSON.stringify(names))`
  const processes = Array.from({ length: 3 }, () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=substrata-source', '--input-type=module', '--eval', script],
      { env: { ...process.env, SETUP: setup }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    return text(child.stdout)
  })
  const databases = (await Promise.all(processes)).flatMap(
    (output) => JSON.parse(output) as { url: string; name: string }[],
  )
  expect(databases).toHaveLength(6)
  for (const { url } of databases) expect(await run(url, 'SELECT id FROM built')).toEqual([{ id: 1 }])
  for (const { name } of databases) await run(server, `DROP DATABASE ${identifier(name)} WITH (FORCE)`)
  expect(await countDatabases(`${await templateName(server, { setup })}%`)).toBe(1)
})

it('reports a set-up that fails, and leaves nothing of it', async () => {
  const setup = unique('CREATE TABLE broken (id int); SELECT 1/0')
  await expect(createTestDatabase({ setup })).rejects.toMatchObject({ code: '22012' })
  await expect(createTestDatabase({ setup })).rejects.toMatchObject({ code: '22012' })
  expect(await countDatabases(await templateName(server, { setup }))).toBe(0)
})

it('drops what nobody has used for a day, and keeps the rest', async () => {
  const dayBeforeYesterday = Date.now() - 2 * 24 * 60 * 60 * 1000
  const [then, now] = [dayBeforeYesterday.toString(36), Date.now().toString(36)]
  const used = (name: string, time: number) => `COMMENT ON DATABASE ${name} IS '${time}'`
  const stale = ['substrata_template_0', `substrata_test_${then}_00000000`, `substrata_draft_${then}_00000000`]
  const fresh = ['substrata_template_1', 'substrata_template_2', `substrata_draft_${now}_00000000`, 'substrata_shop']
  for (const name of [...stale, ...fresh]) await run(server, `CREATE DATABASE ${name}`)
  await run(server, used('substrata_template_0', dayBeforeYesterday))
  await run(server, used('substrata_template_1', Date.now()))
  try {
    await using _fresh = await createTestDatabase({ setup: unique('SELECT 1') })
    for (const name of stale) expect([name, await countDatabases(name)]).toEqual([name, 0])
    for (const name of fresh) expect([name, await countDatabases(name)]).toEqual([name, 1])
  } finally {
    for (const name of [...stale, ...fresh]) await run(server, `DROP DATABASE IF EXISTS ${name}`)
  }
})

it('says what is missing without a server', async () => {
  delete process.env.SUBSTRATA_TEST_SERVER
  try {
    await expect(createTestDatabase()).rejects.toMatchObject({ code: 'SUB_TEST_NO_SERVER' })
  } finally {
    process.env.SUBSTRATA_TEST_SERVER = server
  }
})
