// The development database, its ledger and the directory: what does not fit together is said, and nothing is reset.
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { createProject, type TestProject } from './project.ts'

const MODELS =
  '/// @index.partial("id > 1", fields: [id], name: "ours")\nmodel User {\n  id   Int    @id\n  name String\n}'

async function migrated(): Promise<TestProject> {
  const project = await createProject()
  await project.schema(MODELS)
  await project.dev()
  return project
}

describe('refuses', () => {
  it.each([
    [
      'an added table',
      'CREATE TABLE stranger (id int)',
      { added: ['column stranger.id (public)', 'table stranger (public)'] },
    ],
    ['a changed column', 'ALTER TABLE "User" ALTER name DROP NOT NULL', { changed: ['column User.name (public)'] }],
    ['a dropped index', 'DROP INDEX ours', { missing: ['index ours (public)'] }],
    ['an added check', 'ALTER TABLE "User" ADD CONSTRAINT c CHECK (id > 0)', { added: ['constraint User.c (public)'] }],
  ])('drift: %s', async (_, sql, details) => {
    await using project = await migrated()
    await project.query(sql)
    const before = await project.objects()
    await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_DATABASE_DRIFTED', details })
    expect(await project.objects()).toEqual(before)
  })

  it('a migration that was edited after it was applied, and one that is gone', async () => {
    await using project = await migrated()
    await project.migration('20990101000000_hand', 'SELECT 1')
    await project.dev()
    const file = join(project.migrations, '20990101000000_hand')
    await appendFile(join(file, 'migration.sql'), ' -- edited')
    await expect(project.dev()).rejects.toMatchObject({
      code: 'SUB_MIGRATIONS_EDITED',
      details: { migrations: ['20990101000000_hand'] },
    })
    await rm(file, { recursive: true })
    await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_MIGRATIONS_ABSENT' })
  })

  it('a history that does not run, before any of it is applied', async () => {
    await using project = await migrated()
    await project.migration('20990101000000_good', 'CREATE TABLE good (id int)')
    await project.migration('20990102000000_bad', 'SELECT 1;\nSELECT nonsense')
    await expect(project.dev()).rejects.toMatchObject({
      code: 'SUB_MIGRATION_REPLAY_FAILED',
      details: { migration: '20990102000000_bad', line: 2 },
    })
    expect(await project.query(`SELECT to_regclass('good') AS found`)).toEqual([{ found: null }])
  })

  it('a database of tables without a history', async () => {
    await using project = await createProject()
    await project.query('CREATE TABLE stranger (id int)')
    await project.schema(MODELS)
    await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_DATABASE_DRIFTED' })
  })
})

it('applies what is pending first, also a migration that was only written', async () => {
  await using project = await migrated()
  await project.schema(MODELS.replace('name String', 'name String\n  age Int?'))
  const drafted = await project.dev({ createOnly: true })
  expect(drafted.migration).toMatchObject({ applied: false })
  await writeFile(drafted.migration!.file, `${drafted.migration!.sql}UPDATE "User" SET age = 7;\n`)
  expect(await project.dev()).toMatchObject({ pending: [drafted.migration!.name] })
  expect((await project.dev()).pending).toEqual([])
})

it('needs a name only when there is something to write', async () => {
  await using project = await migrated()
  const name = async () => undefined
  expect((await project.dev({ name })).migration).toBeUndefined()
  await project.schema(`${MODELS}\nmodel Other {\n  id Int @id\n}`)
  await expect(project.dev({ name })).rejects.toMatchObject({
    code: 'SUB_MIGRATION_NAME_MISSING',
  })
})

it('creates the development database and its shadow where it may', async () => {
  await using project = await createProject()
  await project.schema(MODELS)
  const url = new URL(project.database.adminUrl)
  url.pathname += '_new'
  const options = { url: url.href, shadowUrl: undefined }
  try {
    expect((await project.dev(options)).migration).toMatchObject({ applied: true })
    expect((await project.dev(options)).migration).toBeUndefined()
    const left = await withClient(url.href, (client) =>
      client.query(`SELECT FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db%'
                       AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = pg_database.datname)`),
    )
    expect(left.rowCount).toBe(0)
  } finally {
    await withClient(project.database.adminUrl, (client) =>
      client.query(`DROP DATABASE IF EXISTS "${url.pathname.slice(1)}"`),
    )
  }
})

it('needs no more rights than to create databases', async () => {
  await using project = await createProject()
  await project.schema(MODELS)
  const url = new URL(project.database.adminUrl)
  const name = `${url.pathname.slice(1)}_own`
  const admin = (sql: string) => withClient(project.database.adminUrl, (client) => client.query(sql))
  await admin(`CREATE ROLE "${name}" LOGIN CREATEDB PASSWORD 'secret'`)
  await admin(`CREATE DATABASE "${name}" OWNER "${name}"`)
  Object.assign(url, { pathname: `/${name}`, username: name, password: 'secret' })
  try {
    const options = { url: url.href, shadowUrl: undefined }
    expect((await project.dev(options)).migration).toMatchObject({ applied: true })
    expect((await project.dev(options)).migration).toBeUndefined()
  } finally {
    await admin(`DROP DATABASE "${name}"`)
    await admin(`DROP ROLE "${name}"`)
  }
})

it('keeps everything in the schema that the URL names', async () => {
  await using project = await createProject()
  await project.query('CREATE SCHEMA app')
  await project.schema(MODELS)
  const url = `${project.database.ownerUrl}?schema=app`
  await project.dev({ url })
  expect((await project.dev({ url })).migration).toBeUndefined()
  expect(await project.objects(/^(?!app )/)).toEqual([])
  expect(await project.objects(/^app index ours/)).toHaveLength(1)
})

describe('hand-made objects in the way of declared ones', () => {
  it('are named with the statement that takes them over', async () => {
    await using project = await createProject()
    const plain = MODELS.split('\n').slice(1).join('\n')
    await project.schema(plain)
    await project.dev()
    await project.migration('20990101000000_hand', 'CREATE INDEX ours ON "User" (id) WHERE id > 1')
    await project.dev()
    await project.schema(MODELS)
    const error = await project.dev().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'SUB_OBJECT_NOT_OURS', details: { objects: [{ object: 'INDEX "ours"' }] } })
    const [{ comment }] = (error as { details: { objects: [{ comment: string }] } }).details.objects
    await project.migration('20990102000000_take_over', `${comment};`)
    expect(await project.dev()).toMatchObject({ pending: ['20990102000000_take_over'] })
    expect((await project.dev()).migration).toBeUndefined()
    await project.schema(plain)
    expect((await project.dev()).migration?.sql).toBe('-- DropIndex\nDROP INDEX "ours";\n')
  })
})

describe('says what is wrong in an annotation before anything is written', () => {
  it.each([
    ['@check on User', '/// @check("c", "nonsense > 1")'],
    ['@index.expression on User', '/// @index.expression("lower(nam)")'],
  ])('%s', async (origin, annotation) => {
    await using project = await createProject()
    await project.schema(`${annotation}\nmodel User {\n  id Int @id\n  name String\n}`)
    await expect(project.dev()).rejects.toMatchObject({
      code: 'SUB_ANNOTATION_REFUSED',
      details: { origin, sqlState: '42703' },
    })
    expect(await project.objects()).toEqual([])
  })

  it('two objects of one name', async () => {
    await using project = await createProject()
    await project.schema(
      '/// @index.partial("id > 1", fields: [id])\n/// @index.partial("id > 2", fields: [id])\nmodel User {\n  id Int @id\n}',
    )
    await expect(project.dev()).rejects.toMatchObject({ code: 'SUB_OBJECT_NAMED_TWICE' })
  })
})
