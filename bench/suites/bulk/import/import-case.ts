import { deepEqual } from 'node:assert/strict'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { emailOf, openOwner, resetAccounts } from '../accounts.ts'

/** A CSV file of accounts, half of which are there already, and the table to import it into. */
export async function importCase(
  { ownerUrl }: BenchDatabase,
  { rows }: CaseOptions,
  { run, close }: { readonly run: (path: string) => Promise<unknown>; readonly close: () => Promise<unknown> },
): Promise<PreparedCase<string>> {
  const count = Number(rows)
  const owner = await openOwner(ownerUrl)
  const folder = mkdtempSync(join(tmpdir(), 'substrata-bench-import-'))
  const path = join(folder, 'accounts.csv')
  await pipeline(Readable.from(lines(count)), createWriteStream(path))
  return {
    input: () => path,
    before: () => resetAccounts(owner, count),
    run,
    async check() {
      const { rows: told } = await owner.query(
        `SELECT count(*)::int AS rows, count(DISTINCT email)::int AS emails,
                count(*) FILTER (WHERE name = 'Account ' || substring(email FROM '[0-9]+'))::int AS names,
                count(*) FILTER (WHERE id LIKE 'old-%')::int AS old
           FROM accounts`,
      )
      deepEqual(told, [{ rows: count, emails: count, names: count, old: count / 2 }])
    },
    async close() {
      await close()
      await owner.end()
      rmSync(folder, { recursive: true })
    },
  }
}

function* lines(count: number): Generator<string> {
  yield 'email,name\n'
  for (let from = 0; from < count; from += 1_000)
    yield Array.from({ length: 1_000 }, (_, i) => {
      // Steps of a prime meet every number once, in no order.
      const n = ((from + i) * 7_919 + 13) % count
      return `${emailOf(n)},Account ${n}\n`
    }).join('')
}
