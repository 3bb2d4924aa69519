import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { importCase } from './import-case.ts'

/** `psql`'s \copy into a temporary table, and the same merge. */
export async function prepare(database: BenchDatabase, options: CaseOptions): Promise<PreparedCase<string>> {
  const program = findPsql()
  return importCase(database, options, {
    run: (path) => run(program, database.url, script(path)),
    close: async () => {},
  })
}

function script(path: string): string {
  return `\\set ON_ERROR_STOP on
BEGIN;
CREATE TEMPORARY TABLE incoming (email text, name text) ON COMMIT DROP;
\\copy incoming FROM '${path}' CSV HEADER
INSERT INTO accounts (id, email, name, created_at, updated_at)
  SELECT gen_random_uuid()::text, email, name, now(), now() FROM incoming
  ON CONFLICT (email) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at;
COMMIT;
`
}

function run(program: string, url: string, text: string): Promise<void> {
  const child = spawn(program, ['--no-psqlrc', '--quiet', url], { stdio: ['pipe', 'inherit', 'inherit'] })
  child.stdin.end(text)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`psql ended with ${code}`))))
  })
}

const DEBIAN = '/usr/lib/postgresql'

/** On the path, or where Debian has it; npm's binaries have none. */
function findPsql(): string {
  const folders = (process.env.PATH ?? '').split(':')
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : []
  const found = [...folders, ...versions].map((folder) => join(folder, 'psql')).find((path) => existsSync(path))
  if (found === undefined) throw new Error('the comparison with \\copy needs psql on the PATH')
  return found
}
