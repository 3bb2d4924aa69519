import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { identifier } from '../pg/sql.ts'
import { withClient } from '../pg/with-client.ts'

const root = join(import.meta.dirname, '../..')
const server = process.env.SUBSTRATA_TEST_SERVER!

/** What vitest said of a fixture of test/fixtures/use-test-database. */
interface Outcome {
  readonly passed: boolean
  readonly message: string
  /** The database that it printed. */
  readonly database: string
  readonly kept: boolean
}

let output: string
let outcomes: Record<string, Outcome>

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'substrata-vitest-'))
  const report = join(directory, 'report.json')
  output = await runFixtures(report)
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
    testResults: { name: string; status: string; message: string }[]
  }
  outcomes = {}
  for (const { name, status, message } of testResults) {
    const fixture = basename(name, '.fixture.ts')
    const database = new RegExp(`^${fixture} uses (\\w+)`, 'm').exec(output)?.[1] ?? ''
    outcomes[fixture] = { passed: status === 'passed', message, database, kept: await databaseExists(database) }
  }
  await rm(directory, { recursive: true })
})

afterAll(async () => {
  for (const { database, kept } of Object.values(outcomes))
    if (kept) await withClient(server, (admin) => admin.query(`DROP DATABASE ${identifier(database)}`))
})

/** Runs vitest as a user would. */
async function runFixtures(report: string): Promise<string> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const fixtures = join(root, 'test/fixtures/use-test-database')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const env = { ...process.env, NO_COLOR: '1' }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--root', fixtures, ...reporters],
      { env, maxBuffer: 2 ** 24 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    )
  })
}

async function databaseExists(name: string): Promise<boolean> {
  return withClient(server, async (admin) => {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])
    return rowCount === 1
  })
}

it('drops the database of tests that passed', () => {
  expect(outcomes.passes).toMatchObject({ passed: true, database: expect.stringContaining('substrata'), kept: false })
})

it.each(['fails', 'hook-fails'])('keeps the database and prints its URL: %s', (fixture) => {
  expect(outcomes[fixture]).toMatchObject({ passed: false, kept: true })
  expect(output).toMatch(new RegExp(`postgres\\S+substrata_test_owner:\\S+/${outcomes[fixture]!.database}`))
})

it('fails the file on a leaked connection, and names it', () => {
  expect(outcomes.leaks).toMatchObject({ passed: false, database: expect.stringContaining('substrata'), kept: false })
  expect(output).toContain('application_name "left behind"')
})

it('says when a property is read too early', () => {
  expect(outcomes['too-early']).toMatchObject({ passed: false })
  expect(output).toContain('Read it inside a hook or a test')
})
