import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPrismaProject, type PrismaProject } from '../prisma-cli/project.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
let project: PrismaProject
let db: Db

beforeAll(async () => {
  project = createPrismaProject({
    url: database.url,
    schema: readFileSync(join(import.meta.dirname, 'prisma', 'schema.prisma'), 'utf8'),
  })
  db = await openPeople(database.url)
  project.write('people.csv', 'E-Mail,name,score\na@x,Ann,1\nb@x,Bob,many\nc@x,Cid,3\n')
})
afterAll(async () => {
  await db.$close()
  project[Symbol.dispose]()
})

const run = (...args: string[]) =>
  project.substrata(['import', ...args], { env: { MIGRATE_DATABASE_URL: database.ownerUrl } })

it('substrata import writes rows, tells of bad ones, and resumes', async () => {
  const told = await run(
    ...['people.csv', '--model', 'Person', '--conflict', 'email', '--column', 'E-Mail=email'],
    ...['--bad-rows', 'bad.ndjson', '--token', 'november', '--json'],
  )
  expect(told.stderr).toBe('')
  expect(JSON.parse(told.stdout)).toEqual({ rows: 3, written: 2, unchanged: 0, bad: 1 })
  expect(told.code).toBe(1)
  const bad = readFileSync(join(project.directory, 'bad.ndjson'), 'utf8').trim().split('\n')
  expect(bad.map((line) => JSON.parse(line) as unknown)).toEqual([
    { line: 3, column: 'score', reason: 'not a number', value: 'string(4)' },
  ])
  const select = { email: true, name: true, score: true }
  expect(await db.person.findMany({ select, orderBy: { email: 'asc' } })).toEqual([
    { email: 'a@x', name: 'Ann', score: 1 },
    { email: 'c@x', name: 'Cid', score: 3 },
  ])
})

it('says what is wrong with the command line, the model and the rows', async () => {
  expect((await run('people.csv')).stderr).toContain('SUB_USAGE')
  expect((await run('people.csv', '--model', 'Nobody')).stderr).toContain('SUB_IMPORT_MODEL')
  const stopped = await run('people.csv', '--model', 'Person', '--column', 'E-Mail=email', '--json')
  expect(stopped.code).toBe(1)
  expect(JSON.parse(stopped.stdout)).toMatchObject({ error: { code: 'SUB_IMPORT_BAD_ROW', details: { line: 3 } } })
})
