import { dirname } from 'node:path'
import type { DiagnoseMigrationHistoryOutput, DiffTarget, SchemaFilter } from '@prisma/schema-engine-wasm'
import { isSubstrataError } from '../../core/errors.ts'
import { type Connection, parseConnection } from './connection.ts'
import { engineConnectionFailed, engineFailed, engineRefusedSchema } from './errors.ts'
import { readMigrations } from './migrations.ts'
import { isPrismaFault } from './prisma-fault.ts'
import { parseSchemaFaults } from './schema-faults.ts'
import { type EngineSession, openSession, type SchemaFile } from './session.ts'
import { openShadowDatabase } from './shadow.ts'

/** What a diff compares. */
export type DiffSide =
  | { readonly kind: 'empty' }
  /** The datamodel of the engine's schema. */
  | { readonly kind: 'schema' }
  /** A migrations directory, replayed into a shadow database. */
  | { readonly kind: 'migrations'; readonly directory: string }
  /** The engine's database as it is. */
  | { readonly kind: 'database' }

export interface Diff {
  readonly changed: boolean
  /** What leads from the one to the other; empty when nothing changed. */
  readonly sql: string
}

/** Prisma's schema engine over `pg`: no engine binary, connections closed always, failures as SubstrataErrors. */
export interface Engine extends AsyncDisposable {
  /** Compares two states. Tables and enums that Prisma shall leave alone are named by `filter`. */
  diff(from: DiffSide, to: DiffSide, filter?: Partial<SchemaFilter>): Promise<Diff>
  /** Compares a migrations directory with the ledger of the database. */
  diagnose(directory: string): Promise<DiagnoseMigrationHistoryOutput>
  /** Drops everything in the schemas of the datamodel, the ledger included. */
  reset(): Promise<void>
  /** Throws SUB_ENGINE_SCHEMA when the schema does not validate. */
  validate(): Promise<void>
}

/**
 * @param options.url - Of the project's database; without it only offline work is possible.
 * @param options.shadowUrl - A database to use as the shadow instead of creating one; it is emptied.
 * @param options.schema - The files of the schema.
 * @throws SubstrataError SUB_ENGINE_CONNECTION
 */
export async function openEngine(options: {
  url?: string
  shadowUrl?: string
  schema: readonly SchemaFile[]
}): Promise<Engine> {
  const main = options.url === undefined ? undefined : parsed(options.url)
  const shadow = options.shadowUrl === undefined ? undefined : parsed(options.shadowUrl)
  const files = options.schema.map((file) => ({ ...file }))
  const session = await attempt('connect', main, () => openSession({ main, shadow, datamodels: options.schema }))
  const call: EngineSession['call'] = (method, input) => attempt(method, main, () => session.call(method, input))

  const target = (side: DiffSide): DiffTarget => {
    if (side.kind === 'empty') return { tag: 'empty' }
    if (side.kind === 'schema') return { tag: 'schemaDatamodel', files }
    if (side.kind === 'migrations') return { tag: 'migrations', ...readMigrations(side.directory) }
    return { tag: 'schemaDatasource', files, configDir: dirname(files[0]?.path ?? '.') }
  }
  const filters = (filter: Partial<SchemaFilter> = {}): SchemaFilter => ({
    externalTables: [],
    externalEnums: [],
    ...filter,
  })
  const diff: Engine['diff'] = async (from, to, filter) => {
    const { exitCode, stdout } = await call('diff', {
      from: target(from),
      to: target(to),
      script: true,
      exitCode: true,
      filters: filters(filter),
    })
    const changed = exitCode !== 0
    return { changed, sql: changed ? (stdout ?? '') : '' }
  }

  return {
    diff,
    diagnose: (directory) =>
      call('diagnoseMigrationHistory', {
        migrationsList: readMigrations(directory),
        optInToShadowDatabase: false,
        filters: filters(),
      }),
    reset: () => call('reset', { filter: filters() }),
    async validate() {
      await diff({ kind: 'empty' }, { kind: 'schema' })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(session[Symbol.asyncDispose]()),
  }
}

/**
 * Runs the work with the URL of an empty shadow database, and drops it afterwards whatever happens.
 *
 * @param options.shadowUrl - Used instead of creating one; it is emptied before, and kept.
 * @throws SubstrataError SUB_ENGINE_CONNECTION when it cannot be created or emptied.
 */
export async function withShadowDatabase<Result>(
  options: { url: string; shadowUrl?: string },
  work: (shadowUrl: string) => Promise<Result>,
): Promise<Result> {
  const main = parsed(options.url)
  const given = options.shadowUrl === undefined ? undefined : parsed(options.shadowUrl)
  const database = await attempt('shadow database', main, () => openShadowDatabase(main, given))
  try {
    return await work(options.shadowUrl ?? replaceDatabase(options.url, database.connection.database))
  } finally {
    await database[Symbol.asyncDispose]()
  }
}

function replaceDatabase(url: string, database: string): string {
  const replaced = new URL(url)
  replaced.pathname = `/${encodeURIComponent(database)}`
  return replaced.href
}

function parsed(url: string): Connection {
  try {
    return parseConnection(url)
  } catch (error) {
    throw translated('connect', undefined, error)
  }
}

async function attempt<Result>(
  operation: string,
  connection: Connection | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw translated(operation, connection, error)
  }
}

function translated(operation: string, connection: Connection | undefined, error: unknown): unknown {
  if (isSubstrataError(error) || !(error instanceof Error)) return error
  if (isPrismaFault(error)) {
    const { host, port, database } = connection ?? {}
    const details = { prismaCode: error.prismaCode, reason: error.message, host, port, database }
    return engineConnectionFailed(details, { cause: error })
  }
  const prismaCode = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const faults = prismaCode === 'P1012' ? parseSchemaFaults(error.message) : []
  if (faults.length > 0) return engineRefusedSchema({ faults }, { cause: error })
  return engineFailed({ operation, prismaCode, reason: withoutTrace(error.message) }, { cause: error })
}

/** The engine appends its own spans ("   0: schema_engine_wasm::…"). */
function withoutTrace(message: string): string {
  return message.replace(/\n +0: [\s\S]*$/, '').trim()
}
