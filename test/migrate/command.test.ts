// `substrata migrate dev` as it is typed, and Prisma's own CLI on what it wrote.
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createPrismaProject, type PrismaProject, type RunOptions } from '../prisma-cli/project.ts'
import { full } from '../rounds.ts'

let database: TestDatabase
let shadow: TestDatabase
let project: PrismaProject

const timeout = 300_000
const asTerminal = join(import.meta.dirname, '..', 'fixtures', 'migrate', 'as-terminal.cjs')
const schema = (fields: string) => `datasource db {
  provider = "postgresql"
}
/// @index.partial("age > 17", fields: [id])
/// @check("users_age", "age > 0")
model User {
  id   Int    @id
  ${fields}
  age  Int?
  /// @generated("age * 2")
  twice Int?
  @@map("users")
}
`

beforeEach(async () => {
  database = await createTestDatabase()
  shadow = await createTestDatabase()
  project = createPrismaProject({ url: database.url, schema: schema('name String') })
})

afterEach(async () => {
  project[Symbol.dispose]()
  await database.drop()
  await shadow.drop()
})

const run = (args: string[], options: RunOptions = {}) =>
  project.substrata(args, {
    ...options,
    env: {
      ...options.env,
      MIGRATE_DATABASE_URL: database.ownerUrl,
      DATABASE_URL: database.ownerUrl,
      SHADOW_DATABASE_URL: shadow.ownerUrl,
    },
  })
const json = async (...args: string[]) => {
  const { code, stdout } = await run(['migrate', 'dev', '--json', ...args])
  return { code, ...JSON.parse(stdout) }
}

it('writes, applies and says so; Prisma agrees before and after', { timeout }, async () => {
  const first = await run(['migrate', 'dev', '--name', 'init'])
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Wrote and applied prisma.migrations.\d{14}_init/),
  })
  expect((await run(['prisma', 'migrate', 'status'])).stdout).toContain('Database schema is up to date!')
  expect((await run(['prisma', 'migrate', 'deploy'])).stdout).toContain('No pending migrations to apply.')
  expect(await run(['migrate', 'dev'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing has changed'),
  })

  project.write('prisma/schema.prisma', schema('name String\n  note String?'))
  expect(await json('--create-only', '--name', 'note')).toMatchObject({
    code: 0,
    applied: [],
    migration: { applied: false },
  })
  expect((await run(['prisma', 'migrate', 'status'])).stdout).toContain('_note')
  expect(await run(['prisma', 'migrate', 'deploy'])).toMatchObject({ code: 0 })
  expect(await json()).toMatchObject({ code: 0, applied: [], migration: null })
})

it.runIf(full)('ends with 2 and names the flags where somebody would have to answer', { timeout }, async () => {
  expect(await json()).toMatchObject({ code: 2, error: { code: 'SUB_MIGRATION_NAME_MISSING' } })
  expect(project.list('prisma')).toEqual(['schema.prisma'])
  expect(await json('--name', 'init')).toMatchObject({ code: 0 })
  project.write('prisma/schema.prisma', schema('label String'))
  expect(await run(['migrate', 'dev', '--name', 'label'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--rename User.name:label'),
  })
  expect(await json('--name', 'label', '--rename', 'User.name:label')).toMatchObject({
    code: 0,
    renames: [{ what: 'field', from: 'name', to: 'label' }],
    losses: [],
  })
  project.write('prisma/schema.prisma', schema('text String'))
  expect(await json('--name', 'text', '--accept-data-loss')).toMatchObject({ code: 0, renames: [], losses: [{}, {}] })
  project.write('prisma/schema.prisma', schema(''))
  expect(await json('--name', 'none')).toMatchObject({ code: 2, error: { code: 'SUB_DATA_LOSS_UNCONFIRMED' } })
  expect(await json('--name', 'none', '--accept-data-loss')).toMatchObject({
    code: 0,
    losses: [{ kind: 'column dropped' }],
  })
})

it('asks on a terminal', { timeout }, async () => {
  await json('--name', 'init')
  project.write('prisma/schema.prisma', schema('label String'))
  const { code, stderr } = await run(['migrate', 'dev', '--name', 'label'], {
    env: { NODE_OPTIONS: `--require "${asTerminal}"` },
    stdin: 'y\n',
  })
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Is the field User.label the former name'),
  })
  expect(await json()).toMatchObject({ code: 0, migration: null })
})
