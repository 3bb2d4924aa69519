import { deepEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { writeLongHistory } from './long-history.ts'

interface Printed {
  readonly applied: readonly string[]
  readonly migration: { readonly applied: boolean } | null
}

/** As published: inside the repository the package's own bin loads the source. */
const main = pathToFileURL(join(benchRoot, '..', 'dist', 'cli', 'main.js')).href
const program = `import { main } from '${main}'; process.exitCode = await main(process.argv.slice(1))`

/** `substrata migrate dev` when nothing has changed: the whole command, as it is typed, shadow database and drift included. */
export async function prepare(
  { adminUrl }: BenchDatabase,
  { migrations }: CaseOptions,
): Promise<PreparedCase<undefined, Printed>> {
  const folder = await mkdtemp(join(tmpdir(), 'substrata-bench-migrate-'))
  // The last migration of the history is the one that the command writes for the annotations.
  await writeLongHistory(folder, Number(migrations))
  const run = async (): Promise<Printed> => {
    const env = { ...process.env, MIGRATE_DATABASE_URL: databaseOf(folder, adminUrl) }
    const args = ['--input-type=module', '-e', program, '--', 'migrate', 'dev', '--name', 'annotations', '--json']
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env, maxBuffer: 2 ** 26 })
    return JSON.parse(stdout)
  }
  const first = await run()
  deepEqual([first.applied.length, first.migration?.applied], [Number(migrations) + 1, true])
  return {
    run,
    check: ({ applied, migration }) => deepEqual({ applied, migration }, { applied: [], migration: null }),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A development database of its own for each case's process; it goes with the cluster. */
function databaseOf(folder: string, adminUrl: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/migrate_${folder.slice(-6).toLowerCase()}`
  return url.href
}
