import { deepEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deployMigrations } from 'substrata'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'

const execute = promisify(execFile)

/** `substrata migrate dev` as a process, on a history in which there is nothing new. */
export async function prepare(
  { adminUrl }: BenchDatabase,
  { migrations }: CaseOptions,
): Promise<PreparedCase<undefined, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'substrata-bench-migrate-'))
  const directory = join(folder, 'prisma', 'migrations')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n')
  const scripts = history(Number(migrations))
  for (const [index, sql] of scripts.entries()) await writeMigration(directory, index, sql)
  await writeFile(join(folder, 'prisma', 'schema.prisma'), schema(scripts.length))
  await writeFile(join(folder, 'prisma.config.mjs'), config)
  await deployMigrations({ url: adminUrl, directory })
  const command = join(benchRoot, '..', 'bin', 'substrata.mjs')
  return {
    run: async () => {
      const args = [command, 'migrate', 'dev', '--name', 'nothing', '--json']
      const { stdout } = await execute(process.execPath, args, {
        cwd: folder,
        env: { ...process.env, DATABASE_URL: adminUrl },
      })
      return JSON.parse(stdout)
    },
    check: (report) => {
      const { applied, migration } = report as { applied: unknown; migration: unknown }
      deepEqual({ applied, migration }, { applied: [], migration: null })
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

const config = `export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL },
}
`

/** Ten tables, then one column after another. */
function history(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    index < tables
      ? `CREATE TABLE "table_${index}" ("id" INTEGER NOT NULL, CONSTRAINT "table_${index}_pkey" PRIMARY KEY ("id"));\n`
      : `ALTER TABLE "table_${index % tables}" ADD COLUMN "column_${index}" TEXT;\n`,
  )
}

const tables = 10

function schema(count: number): string {
  const models = Array.from({ length: tables }, (_, table) => {
    const columns = Array.from({ length: count - tables }, (_, index) => index + tables)
      .filter((index) => index % tables === table)
      .map((index) => `  column_${index} String?\n`)
    return `model table_${table} {\n  id Int @id\n${columns.join('')}}\n`
  })
  return ['datasource db {\n  provider = "postgresql"\n}\n', ...models].join('\n')
}

async function writeMigration(directory: string, index: number, sql: string): Promise<void> {
  const folder = join(directory, `${20260101000000 + index}_step`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), sql)
}
