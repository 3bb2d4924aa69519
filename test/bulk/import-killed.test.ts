import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createImportLedger } from '../../src/features/bulk/index.ts'
import { withClient } from '../../src/pg/with-client.ts'
import { rounds } from '../rounds.ts'
import { usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
const folder = mkdtempSync(join(tmpdir(), 'substrata-killed-'))
const path = join(folder, 'visits.csv')
const ROWS = 6_000

beforeAll(async () => {
  await createImportLedger(database.ownerUrl)
  await withClient(database.ownerUrl, (client) =>
    client.query(
      `INSERT INTO people (id, email, updated_at) SELECT 'p' || n, 'p' || n, now() FROM generate_series(0, $1::int - 1) n`,
      [ROWS],
    ),
  )
  writeFileSync(path, `personId\n${Array.from({ length: ROWS }, (_, i) => `p${i}\n`).join('')}`)
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the import and kills it after so many batches; true when it came to its end before. */
function run(token: string, killAfter: number): Promise<boolean> {
  const args = ['--import', 'tsx', '--conditions=substrata-source', join(import.meta.dirname, 'import-child.ts')]
  const child = spawn(process.execPath, [...args, database.url, path, token], { stdio: ['ignore', 'pipe', 'inherit'] })
  let batches = 0
  child.stdout.on('data', (text: Buffer) => {
    batches += text.toString().split('\n').length - 1
    // Not always just after a batch has landed.
    if (batches >= killAfter) setTimeout(() => child.kill('SIGKILL'), Math.random() * 10)
  })
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) =>
      code === null || code === 0 ? resolve(signal === null) : reject(new Error(`exit code ${code}`)),
    )
  })
}

it(
  'killed again and again, an import leaves every row exactly once',
  async () => {
    let kills = 0
    for (let round = 0; kills < rounds(3, 20); round++) {
      const token = `killed ${round}`
      await withClient(database.ownerUrl, (client) => client.query('TRUNCATE visits'))
      while (!(await run(token, 1 + Math.floor(Math.random() * 30)))) kills++
      const { rows } = await withClient(database.ownerUrl, (client) =>
        client.query('SELECT count(*)::int AS count, count(DISTINCT person_id)::int AS people FROM visits'),
      )
      expect(rows).toEqual([{ count: ROWS, people: ROWS }])
    }
    expect(kills).toBeGreaterThanOrEqual(3)
  },
  rounds(120_000, 600_000),
)
