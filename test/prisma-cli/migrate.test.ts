import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { full, rounds } from '../rounds.ts'
import { createMigratingRole, type MigratingRole } from './migrating-role.ts'
import { createPrismaProject, type PrismaProject } from './project.ts'

/** Prisma's CLI, unmodified, on the stand-in engine: what a user does in the life of a project. */

const SCHEMA = `datasource db {
  provider = "postgresql"
}

generator client {
  provider        = "prisma-client"
  output          = "../generated/prisma"
  previewFeatures = ["partialIndexes"]
}

enum Role {
  MEMBER
  ADMIN
}

model User {
  id    Int    @id @default(autoincrement())
  email String @unique
  role  Role   @default(MEMBER)

  @@index([role], where: raw("email <> ''"))
}
`

interface Scenario {
  readonly title: string
  check(): Promise<void>
}

/** Each scenario starts Prisma's CLI many times. */
const timeout = 300_000

let database: TestDatabase
let role: MigratingRole
let project: PrismaProject

beforeEach(async () => {
  database = await createTestDatabase()
  role = await createMigratingRole(database)
  project = createPrismaProject({ url: role.url, schema: SCHEMA })
})

afterEach(async () => {
  project[Symbol.dispose]()
  await role[Symbol.asyncDispose]()
})

const prisma = (...args: string[]) => project.substrata(['prisma', ...args])
const dev = (name: string) => project.substrata(['prisma', 'migrate', 'dev', '--name', name], { terminal: true })
const run = (sql: string) => withClient(database.adminUrl, async (client) => (await client.query(sql)).rows)
const write = (name: string, sql: string) => {
  project.write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n')
  project.write(`prisma/migrations/${name}/migration.sql`, sql)
}
const migrations = () => project.list('prisma/migrations').filter((name) => name !== 'migration_lock.toml')

it.runIf(full)('creates a migration in development and finds nothing more to do', { timeout }, async () => {
  expect(await dev('init')).toMatchObject({ code: 0, stdout: expect.stringContaining('now in sync with your schema') })
  expect(migrations()).toEqual([expect.stringMatching(/^\d{14}_init$/)])
  expect(await run(`SELECT indexdef FROM pg_indexes WHERE indexname = 'User_role_idx'`)).toEqual([
    { indexdef: expect.stringContaining('WHERE') },
  ])
  expect(await dev('nothing')).toMatchObject({ code: 0, stdout: expect.stringContaining('Already in sync') })
  expect(migrations()).toHaveLength(1)
  expect(await role.databases()).toEqual([])
})

const scenarios: readonly Scenario[] = [
  {
    title: 'follows a change of the schema, and every other command agrees',
    async check() {
      expect(await dev('init')).toMatchObject({ code: 0 })
      project.write('prisma/schema.prisma', SCHEMA.replace('@unique\n', '@unique\n  name  String?\n'))
      expect(await dev('name')).toMatchObject({ code: 0 })
      expect(migrations()).toHaveLength(2)
      expect(await prisma('migrate', 'status')).toMatchObject({ code: 0 })
      expect((await prisma('db', 'push')).stdout).toContain('already in sync')
    },
  },
  {
    title: 'stops at a migration that fails, says where, and goes on once it is resolved',
    async check() {
      write('1_notes', 'CREATE TABLE notes (id int);\n\nCREATE TABEL more ();\n')
      const failed = await prisma('migrate', 'deploy')
      expect(failed.code).toBe(1)
      expect(failed.stderr).toContain('P3018')
      expect(failed.stderr).toContain('Migration name: 1_notes')
      expect(failed.stderr).toContain('ERROR: syntax error at or near "TABEL"')
      expect(failed.stderr).toContain('  3 CREATE TABEL more ();')
      expect((await prisma('migrate', 'deploy')).stderr).toContain('P3009')
      expect((await prisma('migrate', 'status')).stderr).toContain('1_notes')

      expect(await prisma('migrate', 'resolve', '--rolled-back', '1_notes')).toMatchObject({ code: 0 })
      write('1_notes', 'CREATE TABLE notes (id int);\n')
      expect(await prisma('migrate', 'deploy')).toMatchObject({ code: 0 })
      write('2_more', 'SELECT 1;\n')
      expect(await prisma('migrate', 'resolve', '--applied', '2_more')).toMatchObject({ code: 0 })
      expect(await prisma('migrate', 'status')).toMatchObject({ code: 0 })
    },
  },
  {
    title: 'resets the database',
    async check() {
      write('1_init', `CREATE TABLE notes (t text DEFAULT ';');\n`)
      await run('CREATE TABLE by_hand (id int)')
      const reset = await prisma('migrate', 'reset', '--force')
      expect(reset).toMatchObject({ code: 0, stdout: expect.stringContaining('Database reset successful') })
      expect(await run(`SELECT to_regclass('by_hand') AS hand, to_regclass('notes') IS NULL AS lost`)).toEqual([
        { hand: null, lost: false },
      ])
    },
  },
]

for (const scenario of scenarios.slice(0, rounds(0, scenarios.length)))
  it(scenario.title, { timeout }, () => scenario.check())
