import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { identifier } from '../pg/sql.ts'
import { withClient } from '../pg/with-client.ts'

const root = join(import.meta.dirname, '../..')
const server = process.env.SUBSTRATA_TEST_SERVER!

/** Runs vitest on one fixture, as a user would. */
async function runFixture(name: string): Promise<{ passed: boolean; output: string; database: string | undefined }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const fixtures = join(root, 'test/fixtures/use-test-database')
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' }
    execFile(process.execPath, [vitest, 'run', '--root', fixtures, name], { env }, (error, stdout, stderr) => {
      const output = stdout + stderr
      resolve({ passed: error === null, output, database: /database=(\w+)/.exec(output)?.[1] })
    })
  })
}

async function databaseExists(name: string): Promise<boolean> {
  return withClient(server, async (admin) => {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])
    return rowCount === 1
  })
}

const drop = (name: string) => withClient(server, (admin) => admin.query(`DROP DATABASE ${identifier(name)}`))

it('drops the database of tests that passed', async () => {
  const { passed, output, database } = await runFixture('passes')
  expect(output).toContain('1 passed')
  expect(passed).toBe(true)
  expect(await databaseExists(database!)).toBe(false)
})

it.each(['fails.', 'hook-fails.'])('keeps the database and prints its URL: %s', async (fixture) => {
  const { passed, output, database } = await runFixture(fixture)
  expect(passed).toBe(false)
  expect(output).toMatch(new RegExp(`postgres\\S+substrata_test_owner:\\S+/${database}`))
  expect(await databaseExists(database!)).toBe(true)
  await drop(database!)
})

it('fails the file on a leaked connection, and names it', async () => {
  const { passed, output, database } = await runFixture('leaks')
  expect(passed).toBe(false)
  expect(output).toContain('application_name "left behind"')
  expect(await databaseExists(database!)).toBe(false)
})

it('says when a property is read too early', async () => {
  const { passed, output } = await runFixture('too-early')
  expect(passed).toBe(false)
  expect(output).toContain('Read it inside a hook or a test')
})
