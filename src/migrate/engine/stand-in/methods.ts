import type {
  ApplyMigrationsInput,
  CreateMigrationInput,
  CreateMigrationOutput,
  DiffParams,
  DiffTarget,
  EvaluateDataLossInput,
  IntrospectSqlParams,
  SchemaFilter,
  SchemaPushInput,
  SchemasContainer,
} from '@prisma/schema-engine-wasm'
import { withConnection } from '../connect.ts'
import type { Connection } from '../connection.ts'
import { withLockfile } from '../migrations.ts'
import { prismaFault } from '../prisma-fault.ts'
import type { EngineInput, EngineMethod, EngineSession } from '../session.ts'
import { describeQuery } from '../typed-sql/describe.ts'
import { applyFault } from './apply-fault.ts'
import { createDatabase } from './database-command.ts'
import { type Methods, print } from './rpc.ts'

export interface EngineHost {
  connection(): Connection | undefined
  /** Opens the engine; `offline` when the call needs no database, so that none has to be there. */
  open(offline: boolean): Promise<EngineSession>
}

/** Methods that the engine implements as Prisma's CLI expects them. */
const passedOn: readonly EngineMethod[] = [
  'applyMigrations',
  'devDiagnostic',
  'diagnoseMigrationHistory',
  'introspect',
  'markMigrationApplied',
  'markMigrationRolledBack',
  'dbExecute',
  'reset',
]

/** Prisma's JSON-RPC methods over engine sessions that open when first needed and close together. */
export function createMethods(host: EngineHost): Methods {
  const sessions = new Map<boolean, Promise<EngineSession>>()
  const session = (offline = false): Promise<EngineSession> => {
    const opened = sessions.get(offline) ?? host.open(offline)
    sessions.set(offline, opened)
    // A failed attempt is made again by the next call.
    opened.catch(() => sessions.delete(offline))
    return opened
  }
  const requireConnection = (): Connection => {
    const connection = host.connection()
    if (connection === undefined)
      throw prismaFault('P1012', 'The datasource URL is missing in the Prisma configuration.')
    return connection
  }

  const methods: Record<string, (params: never) => Promise<unknown>> = {
    getDatabaseVersion: async () => (await session()).call('version', undefined),

    async applyMigrations(params: ApplyMigrationsInput) {
      const engine = await session()
      try {
        return await engine.call('applyMigrations', params)
      } catch (error) {
        throw applyFault(error, engine.scriptFailure)
      }
    },

    // The engine's own createMigration forgets preview features and repeats partial indexes; its diff does not.
    async createMigration(params: CreateMigrationInput): Promise<CreateMigrationOutput> {
      const { exitCode, stdout } = await (await session()).call('diff', {
        from: { tag: 'migrations', ...withLockfile(params.migrationsList) },
        to: { tag: 'schemaDatamodel', ...params.schema },
        script: true,
        exitCode: true,
        filters: params.filters,
      })
      const empty = exitCode === 0
      return {
        connectorType: 'postgresql',
        generatedMigrationName: migrationName(params.migrationName),
        migrationScript: empty && !params.draft ? null : empty ? '-- This is an empty migration.' : stdout,
        extension: 'sql',
      }
    },

    async evaluateDataLoss(params: EvaluateDataLossInput) {
      const engine = await session()
      await rememberPreviewFeatures(engine, params)
      return engine.call('evaluateDataLoss', params)
    },

    async schemaPush(params: SchemaPushInput) {
      const engine = await session()
      await rememberPreviewFeatures(engine, params)
      return engine.call('schemaPush', params)
    },

    async diff(params: DiffParams) {
      const [from, to] = [params.from, params.to].map(withProvider) as [DiffTarget, DiffTarget]
      const engine = await session(isOffline(from) && isOffline(to))
      const { exitCode, stdout } = await engine.call('diff', { ...params, from, to })
      if (stdout) print(stdout.replace(/\n$/, ''))
      return { exitCode, stdout: null }
    },

    async introspectSql({ queries }: IntrospectSqlParams) {
      return withConnection(requireConnection(), async (client) => {
        const described = []
        for (const query of queries) described.push(await describeQuery(client, query))
        return { queries: described }
      })
    },

    async createDatabase() {
      const connection = requireConnection()
      await createDatabase(connection)
      return { databaseName: connection.database }
    },

    async ensureConnectionValidity() {
      await withConnection(requireConnection(), (client) => client.query('SELECT 1'))
      return {}
    },
  }
  for (const method of passedOn)
    methods[method] ??= async (params: EngineInput<typeof method>) => (await session()).call(method, params)

  return {
    find: (name) => (Object.hasOwn(methods, name) ? (params) => methods[name]!(params as never) : undefined),
    async [Symbol.asyncDispose]() {
      for (const opened of sessions.values()) {
        const engine = await opened.catch(() => undefined)
        await engine?.[Symbol.asyncDispose]()
      }
    },
  }
}

/**
 * These two methods compare the database with the schema as if it had no preview feature, and so create partial indexes again, unless
 * a diff of the same schema went before.
 */
async function rememberPreviewFeatures(
  engine: EngineSession,
  { schema, filters }: { schema: SchemasContainer; filters: SchemaFilter },
): Promise<void> {
  await engine.call('diff', {
    from: { tag: 'schemaDatasource', ...schema, configDir: process.cwd() },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: null,
    filters,
  })
}

function isOffline({ tag }: DiffTarget): boolean {
  return tag === 'empty' || tag === 'schemaDatamodel'
}

function withProvider(target: DiffTarget): DiffTarget {
  return target.tag === 'migrations' ? { ...target, ...withLockfile(target) } : target
}

/** `20260131235959_add_users`, in UTC, as the native engine names directories. */
function migrationName(name: string): string {
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  return `${timestamp}_${name.replace(/[^\p{L}\p{N}]+/gu, '_').slice(0, 200)}`
}
