import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { full } from '../rounds.ts'
import { createPrismaProject, type PrismaProject } from './project.ts'

/** `substrata migrate` and `prisma migrate` on one directory and one ledger, in both directions, as the owner role. */

let database: TestDatabase
let project: PrismaProject

beforeEach(async () => {
  database = await createTestDatabase()
  project = createPrismaProject({ url: database.url, schema: 'datasource db {\n  provider = "postgresql"\n}\n' })
  project.write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n')
  project.write('prisma/migrations/1_notes/migration.sql', 'CREATE TABLE notes (id int PRIMARY KEY);\n')
  project.write('prisma/migrations/2_tags/migration.sql', `CREATE TABLE tags (name text DEFAULT ';');\n`)
})

afterEach(async () => {
  project[Symbol.dispose]()
  await database.drop()
})

const timeout = 300_000
const ours = async (...args: string[]) => {
  const { code, stdout } = await project.substrata(['migrate', ...args, '--json'], {
    env: { MIGRATE_DATABASE_URL: database.ownerUrl, DATABASE_URL: '' },
  })
  return { code, ...JSON.parse(stdout) }
}
const theirs = (...args: string[]) =>
  project.substrata(['prisma', 'migrate', ...args], { env: { DATABASE_URL: database.ownerUrl } })

it('Prisma agrees with what Substrata deployed', { timeout }, async () => {
  expect(await ours('status')).toMatchObject({ code: 1, upToDate: false, pending: ['1_notes', '2_tags'] })
  expect(await ours('deploy')).toMatchObject({ code: 0, applied: ['1_notes', '2_tags'], already: [] })
  expect(await theirs('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('up to date') })
  expect((await theirs('deploy')).stdout).toContain('No pending migrations to apply.')
})

it('Substrata agrees with what Prisma deployed', { timeout }, async () => {
  expect(await theirs('deploy')).toMatchObject({ code: 0 })
  expect(await ours('status')).toMatchObject({ code: 0, upToDate: true, pending: [], edited: [] })
  expect(await ours('deploy')).toMatchObject({ code: 0, applied: [], already: ['1_notes', '2_tags'] })
})

it.runIf(full)('a failure of the one is the other’s too', { timeout }, async () => {
  project.write('prisma/migrations/3_bad/migration.sql', 'SELEC 1;\n')
  expect(await ours('deploy')).toMatchObject({ code: 1, error: { code: 'SUB_MIGRATION_FAILED' } })
  expect((await theirs('deploy')).stderr).toContain('P3009')
  expect(await ours('status')).toMatchObject({ code: 1, failed: ['3_bad'] })
  expect(await ours('reset')).toMatchObject({ code: 2, error: { code: 'SUB_CONFIRMATION_NEEDED' } })
  project.write('prisma/migrations/3_bad/migration.sql', 'SELECT 1;\n')
  expect(await ours('reset', '--force')).toMatchObject({ code: 0, applied: ['1_notes', '2_tags', '3_bad'] })
})
