import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { vi } from 'vitest'
import { describeDatabase } from '../../src/migrate/catalogue/index.ts'
import { type DevOptions, type DevResult, migrateDev } from '../../src/migrate/dev/index.ts'
import { withClient } from '../../src/pg/with-client.ts'

// Each run of `migrate dev` fills two or three databases; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000 })

/** A Prisma project in a temporary folder with a development database of its own. */
export interface TestProject extends AsyncDisposable {
  readonly folder: string
  readonly migrations: string
  readonly database: TestDatabase
  /** Writes the schema: the models alone, the rest is added. */
  schema(models: string, options?: SchemaOptions): Promise<void>
  /** Writes a file below the schema's folder. */
  write(file: string, text: string): Promise<void>
  dev(options?: Partial<DevOptions>): Promise<DevResult>
  /** Writes a migration by hand. */
  migration(name: string, sql: string): Promise<void>
  query<Row extends object = Record<string, unknown>>(sql: string): Promise<Row[]>
  /** The database's objects and their definitions, one line each; of those that match only, where a pattern is given. */
  objects(pattern?: RegExp): Promise<string[]>
}

export interface SchemaOptions {
  /** For the generator's block. */
  readonly preview?: readonly string[]
  /** For the datasource's block. */
  readonly schemas?: readonly string[]
}

export async function createProject(options: { server?: string } = {}): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'substrata-dev-'))
  const database = await createTestDatabase(options)
  const shadow = await createTestDatabase(options)
  const migrations = join(folder, 'migrations')
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  const query: TestProject['query'] = (sql) =>
    withClient(database.ownerUrl, async (client) => (await client.query(sql)).rows)
  return {
    folder,
    migrations,
    database,
    write,
    query,
    schema: (models, given) => write('schema.prisma', schemaText(models, given)),
    dev: (given) =>
      migrateDev({
        url: database.ownerUrl,
        shadowUrl: shadow.ownerUrl,
        schemaPath: join(folder, 'schema.prisma'),
        directory: migrations,
        name: async () => 'change',
        ...given,
      }),
    async migration(name, sql) {
      await write(join('migrations', name, 'migration.sql'), sql)
      await write('migrations/migration_lock.toml', 'provider = "postgresql"\n')
    },
    async objects(pattern = /./) {
      const found = await withClient(database.ownerUrl, describeDatabase)
      return found
        .map(({ schema, object, definition }) => `${schema} ${object}: ${definition}`)
        .filter((line) => pattern.test(line))
    },
    async [Symbol.asyncDispose]() {
      await database.drop()
      await shadow.drop()
      await rm(folder, { recursive: true })
    },
  }
}

function schemaText(models: string, { preview = [], schemas }: SchemaOptions = {}): string {
  const features = ['views', ...preview].map((each) => JSON.stringify(each)).join(', ')
  return `generator client {
  provider        = "prisma-client"
  output          = "./generated"
  previewFeatures = [${features}]
}

datasource db {
  provider = "postgresql"
  ${schemas === undefined ? '' : `schemas = ${JSON.stringify(schemas)}`}
}

${models}
`
}

export async function readMigration(result: DevResult): Promise<string> {
  return readFile(result.migration?.file ?? '', 'utf8')
}
