import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type ErrorCapturingSqlMigrationAwareDriverAdapterFactory,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import { DatabaseError, Pool, type PoolConfig, type QueryResult } from 'pg'
import { connectionFault, withConnection } from './connect.ts'
import { type Connection, clientConfig } from './connection.ts'
import { offlineAdapter } from './offline-adapter.ts'
import { openShadowDatabase } from './shadow.ts'

/** A failed script and what the database said of it: the engine passes on only the message. */
export interface ScriptFailure {
  readonly script: string
  readonly error: DatabaseError
}

/** What the schema engine connects through. Closing it ends every connection and drops every shadow database it opened. */
export interface MigrationAdapter extends AsyncDisposable {
  readonly factory: ErrorCapturingSqlMigrationAwareDriverAdapterFactory
  /** The script that failed last. */
  readonly scriptFailure: ScriptFailure | undefined
}

/** `"char"`, PostgreSQL's one-byte catalogue type, which PrismaPg refuses to read. */
const CHAR_OID = 18
const TEXT_OID = 25

const NO_ROWS: SqlResultSet = { columnNames: [], columnTypes: [], rows: [] }

/**
 * @param main - The database of the project; without it the engine works offline and fails on what needs a database.
 * @param shadow - A database to use as the shadow instead of creating one. It is emptied.
 */
export function createMigrationAdapter(main?: Connection, shadow?: Connection): MigrationAdapter {
  const cleanups: (() => Promise<void>)[] = []
  const state: { scriptFailure?: ScriptFailure } = {}
  const noteFailure = (failure: ScriptFailure) => {
    state.scriptFailure = failure
  }

  const open = async (connection: Connection, dispose: () => Promise<void>): Promise<SqlDriverAdapter> => {
    const adapter = await connectAdapter(connection, noteFailure)
    const close = once(async () => {
      await adapter.dispose()
      await dispose()
    })
    cleanups.push(close)
    return { ...adapter, dispose: close }
  }

  return {
    factory: bindMigrationAwareSqlAdapterFactory({
      provider: 'postgres',
      adapterName: 'substrata',
      connect: async () => (main === undefined ? offlineAdapter() : open(main, async () => {})),
      connectToShadowDb: async () => {
        const database = await openShadowDatabase(main, shadow)
        const drop = once(() => Promise.resolve(database[Symbol.asyncDispose]()))
        cleanups.push(drop)
        return open(database.connection, drop)
      },
    }),
    get scriptFailure() {
      return state.scriptFailure
    },
    // A signal may ask for it again in the middle: then it must be waited for, not be done at once.
    [Symbol.asyncDispose]: once(async () => {
      const results = await Promise.allSettled(cleanups.map((cleanup) => cleanup()))
      for (const result of results) if (result.status === 'rejected') throw result.reason
    }),
  }
}

/** PrismaPg on one connection that lasts as long as the adapter, its two faults under the schema engine mended. */
async function connectAdapter(
  connection: Connection,
  noteFailure: (failure: ScriptFailure) => void,
): Promise<SqlDriverAdapter> {
  // One connection that never idles out: the advisory lock and the search path live in the session.
  const charColumns = new WeakMap<object, number[]>()
  const config: PoolConfig = { ...(await clientConfig(connection)), max: 1, idleTimeoutMillis: 0 }
  const pool = readCharAsText(new Pool(config), charColumns)
  const adapter = await new PrismaPg(pool, { schema: connection.schema, disposeExternalPool: true }).connect()
  let backend: number | undefined
  try {
    backend = await backendOf(pool)
  } catch (error) {
    await adapter.dispose()
    throw connectionFault(error, connection)
  }
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    async queryRaw(query) {
      if (isDisabledLock(query)) return NO_ROWS
      const result = await adapter.queryRaw(query)
      for (const position of charColumns.get(result.rows) ?? []) result.columnTypes[position] = ColumnTypeEnum.Character
      return result
    },
    executeRaw: async (query) => (isDisabledLock(query) ? 0 : adapter.executeRaw(query)),
    startTransaction: (isolationLevel) => adapter.startTransaction(isolationLevel),
    getConnectionInfo: () => ({ schemaName: connection.schema, supportsRelationJoins: true }),
    async dispose() {
      // A statement that still runs (a lock that was given up on, work cut short by a signal) would keep the pool open.
      if (pool.idleCount < pool.totalCount) await terminate(backend, connection)
      await adapter.dispose()
    },
    // PrismaPg cuts the script at every semicolon, also within strings and function bodies.
    async executeScript(script) {
      try {
        await pool.query(script)
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error
        noteFailure({ script, error })
        throw new DriverAdapterError({
          kind: 'postgres',
          code: error.code ?? 'N/A',
          severity: error.severity ?? 'N/A',
          message: error.message,
          detail: error.detail,
          column: error.column,
          hint: error.hint,
          ...(error.code !== undefined && { originalCode: error.code }),
          originalMessage: error.message,
        })
      }
    },
  }
}

async function backendOf(pool: Pool): Promise<number | undefined> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid
}

async function terminate(backend: number | undefined, connection: Connection): Promise<void> {
  await withConnection(connection, (client) => client.query('SELECT pg_terminate_backend($1)', [backend]))
}

/** https://www.prisma.io/docs/orm/prisma-migrate/workflows/development-and-production#advisory-locking */
function isDisabledLock({ sql }: SqlQuery): boolean {
  return sql.includes('pg_advisory_lock') && Boolean(process.env.PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK)
}

/**
 * Lets PrismaPg read `"char"` as text, and notes where it did: the engine itself expects a character there.
 *
 * @param charColumns - The columns of a result that are `"char"`, by its array of rows.
 */
function readCharAsText(pool: Pool, charColumns: WeakMap<object, number[]>): Pool {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryResult | QueryResult[]>
  const reading = async (...args: unknown[]) => {
    const answer = await query(...args)
    if (!Array.isArray(answer)) {
      const positions: number[] = []
      for (const [position, field] of answer.fields.entries()) {
        if (field.dataTypeID !== CHAR_OID) continue
        field.dataTypeID = TEXT_OID
        positions.push(position)
      }
      if (positions.length > 0) charColumns.set(answer.rows, positions)
    }
    return answer
  }
  pool.query = reading as typeof pool.query
  return pool
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}
