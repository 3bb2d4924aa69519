/** One schema brought to life twice: through Prisma as it is, and through our client, on the same database. */
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { defineConfig, type PathTaken, substrata } from 'substrata'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { openEngine } from '../../src/migrate/engine/index.ts'
import type { Arguments, Call } from '../../src/query/call.ts'
import { loadSchema, type SchemaMeta } from '../../src/schema/index.ts'
import { readSchema } from '../../src/schema/source/read-schema.ts'
import { accessor } from './rows.ts'

export const schemaNames = ['types', 'defaults', 'relations', 'schemas'] as const
export type SchemaName = (typeof schemaNames)[number]

/** One of the schemas here, or the folder of another that has Prisma's client in `generated/prisma`. */
export type WorldSchema = SchemaName | { readonly folder: string }

function folderOf(schema: WorldSchema): string {
  return typeof schema === 'string' ? join(import.meta.dirname, 'schemas', schema) : schema.folder
}

/** A Prisma client of any schema, as far as these tests know it. */
export type AnyModels = Readonly<Record<string, Readonly<Record<string, (args: Arguments) => Promise<unknown>>>>>
export type AnyClient = AnyModels & {
  readonly $transaction: (body: (tx: AnyModels) => Promise<unknown>, options?: object) => Promise<unknown>
}

/** Our client of any schema. */
export type AnySubstrata = AnyClient & {
  readonly $with: (limits: { readonly timeout: number }) => AnySubstrata
  readonly $path: (call: PromiseLike<unknown>) => PathTaken
  readonly $close: () => Promise<void>
}

type Options = { readonly adapter: SqlDriverAdapterFactory; readonly errorFormat: 'minimal'; readonly omit?: object }

interface Generated {
  readonly PrismaClient: new (options: Options) => AnyClient & { $disconnect(): Promise<void> }
}

export interface World extends AsyncDisposable {
  readonly schema: SchemaMeta
  readonly database: TestDatabase
  /** The superuser's URL of each database. */
  readonly adminUrls: readonly string[]
  /** Prisma on its own adapter. */
  readonly prisma: AnyClient
  readonly ours: AnySubstrata
}

/**
 * Loads a schema and creates its tables: in one database for reads, in two for writes, so that each client has its own.
 *
 * @param options.setup - SQL that comes before the tables.
 */
export async function openWorld(
  source: WorldSchema,
  {
    databases = 1,
    omit,
    setup = '',
  }: { readonly databases?: 1 | 2; readonly omit?: object; readonly setup?: string } = {},
): Promise<World> {
  const folder = folderOf(source)
  const { schema, tables } = await describeSchema(join(folder, 'prisma'))
  const { PrismaClient } = await generated(source)
  const database = await createTestDatabase({ setup: setup + tables })
  const other = databases === 2 ? await createTestDatabase({ setup: setup + tables }) : database
  const prisma = openPrisma(PrismaClient, other.url, { omit })
  const ours = await openOurs(PrismaClient, schema, database.url, { omit })
  return {
    schema,
    database,
    adminUrls: [...new Set([database.adminUrl, other.adminUrl])],
    prisma,
    ours,
    async [Symbol.asyncDispose]() {
      await Promise.all([prisma.$disconnect(), ours.$close()])
      await database.drop()
      if (other !== database) await other.drop()
    },
  }
}

async function generated(schema: WorldSchema): Promise<Generated> {
  return import(join(folderOf(schema), 'generated/prisma/client.ts'))
}

/** One more client of ours, on any URL. */
export async function openClient(name: SchemaName, schema: SchemaMeta, url: string): Promise<AnySubstrata> {
  const { PrismaClient } = await generated(name)
  return openOurs(PrismaClient, schema, url, { omit: undefined })
}

/** A schema's metadata, and the SQL that creates its tables as Prisma would. */
async function describeSchema(schemaPath: string): Promise<{ schema: SchemaMeta; tables: string }> {
  const files = readSchema(schemaPath).files.map(({ path, text }) => ({ path, content: text }))
  await using engine = await openEngine({ schema: files })
  const { sql } = await engine.diff({ kind: 'empty' }, { kind: 'schema' })
  return { schema: loadSchema({ schemaPath }).schema, tables: sql }
}

function openPrisma(
  PrismaClient: Generated['PrismaClient'],
  url: string,
  { omit }: { readonly omit: object | undefined },
) {
  // Prisma's adapter shifts instants unless the session's time zone is UTC.
  const adapter = new PrismaPg({ connectionString: url, max: 2, options: '-c TimeZone=UTC' })
  return new PrismaClient({ adapter, errorFormat: 'minimal', ...(omit && { omit }) })
}

async function openOurs(
  PrismaClient: Generated['PrismaClient'],
  schema: SchemaMeta,
  url: string,
  { omit }: { readonly omit: object | undefined },
): Promise<AnySubstrata> {
  const config = defineConfig({ url, environment: 'test', maxConnections: 4 }, {})
  const make = ({ adapter }: Pick<Options, 'adapter'>) =>
    new PrismaClient({ adapter, errorFormat: 'minimal', ...(omit && { omit }) })
  return substrata(make, { schema, config })
}

/** Makes a call. Neither client sends it before it is awaited. */
export function make(client: AnyModels, { model, operation, args }: Call): Promise<unknown> {
  return client[accessor({ name: model })]![operation]!(args)
}
