import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { rounds } from '../rounds.ts'
import { createPrismaProject, type PrismaProject, type Run } from './project.ts'

/** Prisma's commands that read or change a database without migrations, and what they say when they cannot. */

const SCHEMA = `datasource db {
  provider = "postgresql"
}

generator client {
  provider        = "prisma-client"
  output          = "../generated/prisma"
  previewFeatures = ["typedSql"]
}

model User {
  id    Int    @id @default(autoincrement())
  email String @unique
}
`

let database: TestDatabase
let other: TestDatabase
let project: PrismaProject

beforeAll(async () => {
  database = await createTestDatabase()
  other = await createTestDatabase()
  project = createPrismaProject({ url: database.adminUrl, schema: SCHEMA })
})

afterAll(async () => {
  project[Symbol.dispose]()
  await database.drop()
  await other.drop()
})

const prisma = (args: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = ''): Promise<Run> =>
  project.substrata(['prisma', ...args], { env, stdin })
const run = (sql: string, url = database.adminUrl) => withClient(url, async (client) => (await client.query(sql)).rows)
const urlWith = (change: (url: URL) => void): string => {
  const url = new URL(database.adminUrl)
  change(url)
  return url.href
}

interface Scenario {
  readonly title: string
  check(): Promise<void>
}

/** The first one always runs, all of them in full rounds: each starts Prisma's CLI several times. */
const scenarios: readonly Scenario[] = [
  {
    title: 'compares schema files with no database there',
    async check() {
      const nowhere = { DATABASE_URL: urlWith((url) => (url.port = '1')) }
      const diff = (...sides: string[]) => prisma(['migrate', 'diff', ...sides, '--script', '--exit-code'], nowhere)
      const created = await diff('--from-empty', '--to-schema', 'prisma/schema.prisma')
      expect(created).toMatchObject({ code: 2, stdout: expect.stringContaining('CREATE TABLE "User"') })
      expect(await diff('--from-schema', 'prisma/schema.prisma', '--to-schema', 'prisma/schema.prisma')).toMatchObject({
        code: 0,
      })
    },
  },
  {
    title: 'pushes the schema and pulls it back',
    async check() {
      expect((await prisma(['db', 'push'])).stdout).toContain('Your database is now in sync')
      await run(`CREATE TABLE tags (name text PRIMARY KEY, kind "char")`)
      const pulled = await prisma(['db', 'pull', '--print'])
      expect(pulled.stdout).toMatch(/model User \{[\s\S]*model tags \{/)
      await run('DROP TABLE tags')
    },
  },
  {
    title: 'types the queries of TypedSQL',
    async check() {
      expect(await prisma(['db', 'push'])).toMatchObject({ code: 0 })
      project.write('prisma/sql/byId.sql', '-- @param {Int} $1:from\nSELECT id, email FROM "User" WHERE id >= $1\n')
      expect(await prisma(['generate', '--sql'])).toMatchObject({ code: 0 })
      expect(project.list('generated/prisma/sql')).toContain('byId.ts')
    },
  },
  {
    title: 'says why a database cannot be reached',
    async check() {
      const status = async (url: string) => (await prisma(['migrate', 'status'], { DATABASE_URL: url })).stderr
      expect(await status(urlWith((url) => (url.password = 'wrong')))).toContain('P1000')
      expect(await status(urlWith((url) => (url.port = '1')))).toContain('P1001')
      expect(await status(urlWith((url) => (url.pathname = '/nowhere')))).toContain('P1003')
      expect(await status(urlWith((url) => url.searchParams.set('sslmode', 'require')))).toContain('P1011')
      expect(await status('mysql://root@localhost/app')).toContain('P1013')
    },
  },
  {
    title: 'compares migrations in a given shadow database, which it empties',
    async check() {
      project.write('prisma/migrations/1_init/migration.sql', 'CREATE TABLE a (id int PRIMARY KEY);\n')
      await run('CREATE SCHEMA old; CREATE TABLE old.rest (id int); CREATE TABLE a (id int)', other.adminUrl)
      const args = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-empty', '--script']
      const diff = await prisma(args, { SHADOW_URL: other.adminUrl })
      expect(diff).toMatchObject({ code: 0, stdout: expect.stringMatching(/DROP TABLE .*"a"/) })
      expect(await run(`SELECT to_regclass('old.rest') AS rest`, other.adminUrl)).toEqual([{ rest: null }])
      const same = await prisma(args, { SHADOW_URL: database.adminUrl })
      expect(same).toMatchObject({ code: 1, stderr: expect.stringContaining('same as the main database') })
    },
  },
  {
    title: 'needs the right to create a shadow database, and says so',
    async check() {
      const args = ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-empty']
      const refused = await prisma(args, { DATABASE_URL: database.ownerUrl })
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('P3014') })
    },
  },
  {
    title: 'executes a script whole and reports its error',
    async check() {
      const script = `CREATE TABLE executed (t text DEFAULT ';'); INSERT INTO executed DEFAULT VALUES;`
      expect(await prisma(['db', 'execute', '--stdin'], {}, script)).toMatchObject({ code: 0 })
      expect(await run('SELECT t FROM executed')).toEqual([{ t: ';' }])
      await run('DROP TABLE executed')
      const failed = await prisma(['db', 'execute', '--stdin'], {}, 'CREATE TABLE lost (id int); SELEC 1')
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('syntax error at or near "SELEC"') })
      expect(await run(`SELECT to_regclass('lost') AS lost`)).toEqual([{ lost: null }])
    },
  },
  {
    title: 'creates the database that the URL names',
    async check() {
      const name = `created_by_push_${process.pid}`
      const url = urlWith((each) => (each.pathname = `/${name}`))
      expect(await prisma(['db', 'push'], { DATABASE_URL: url })).toMatchObject({ code: 0 })
      expect(await run('SELECT count(*)::int FROM "User"', url)).toEqual([{ count: 0 }])
      await run(`DROP DATABASE ${name}`)
    },
  },
  {
    title: 'waits for a lock no longer than Prisma does, and leaves no session behind',
    async check() {
      project.write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n')
      await withClient(database.adminUrl, async (client) => {
        await client.query('SELECT pg_advisory_lock(72707369)')
        const blocked = await prisma(['migrate', 'deploy'])
        expect(blocked).toMatchObject({ code: 1, stderr: expect.stringContaining('P1002') })
        const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`
        await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(0)
      })
    },
  },
]

for (const scenario of scenarios.slice(0, rounds(1, scenarios.length)))
  it(scenario.title, { timeout: 300_000 }, () => scenario.check())
