/**
 * Prisma's driver adapter on our sessions: Prisma's runtime for all it does, our connections beneath it.
 *
 * @see https://www.prisma.io/docs/orm/overview/databases/database-drivers
 */
import type {
  IsolationLevel as PrismaIsolation,
  Transaction as PrismaTransaction,
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
  SqlResultSet,
} from '@prisma/driver-adapter-utils'
import { DriverAdapterError } from '@prisma/driver-adapter-utils'
import { type Operation, startOperation } from '../core/operation.ts'
import type { IsolationLevel, Session, Transaction } from '../pg/session.ts'
import type { Result, Statement } from '../pg/statement.ts'
import { columnOfType } from './columns.ts'
import { driverError } from './driver-error.ts'
import { scopes } from './scope.ts'
import { wireValues } from './values.ts'

const provider = 'postgres'
const adapterName = 'substrata'

export interface AdapterOptions {
  /** The database schema that unqualified names mean; `public` unless the URL says otherwise. */
  readonly schema?: string | undefined
}

export function createAdapterFactory(session: Session, { schema }: AdapterOptions = {}): SqlDriverAdapterFactory {
  const adapter: SqlDriverAdapter = {
    ...queryable((statement) => session.execute(currentOperation(), statement)),
    executeScript: (script) => translated(() => session.script(currentOperation(), script)),
    startTransaction: (isolation) => translated(() => startTransaction(session, isolation)),
    getConnectionInfo: () => ({ supportsRelationJoins: true, ...(schema !== undefined && { schemaName: schema }) }),
    // The session outlives Prisma's client: whoever built both closes it.
    dispose: () => Promise.resolve(),
  }
  return { provider, adapterName, connect: () => Promise.resolve(adapter) }
}

/** The operation that the engine's request was bound to; a request from outside our client gets one of its own. */
function currentOperation(): Operation {
  return scopes.getStore()?.operation ?? startOperation({ name: 'prisma', kind: 'unknown' })
}

/** The answer that the database has already given, where the request is one that is told again. */
function givenAnswer(): Result | undefined {
  const answer = scopes.getStore()?.answer
  if (!answer) return undefined
  if ('failure' in answer) throw answer.failure
  return answer.result
}

function queryable(run: (statement: Statement) => Promise<Result>): SqlQueryable {
  const execute = (query: SqlQuery) =>
    translated(async () => givenAnswer() ?? run({ text: query.sql, values: wireValues(query) }), query.sql)
  return {
    provider,
    adapterName,
    queryRaw: async (query) => decoded(await execute(query)),
    executeRaw: async (query) => (await execute(query)).count ?? 0,
  }
}

/** Timed for the operation that asked. */
function decoded(result: Result): SqlResultSet {
  const startedAt = performance.now()
  const set = resultSet(result)
  const timings = scopes.getStore()?.operation.timings
  if (timings) timings.decode += performance.now() - startedAt
  return set
}

function resultSet({ fields, rows }: Result): SqlResultSet {
  const columns = fields.map((field) => columnOfType(field.type))
  const decoded: unknown[][] = rows
  for (const row of decoded) {
    for (let i = 0; i < row.length; i++) {
      if (row[i] !== null) row[i] = columns[i]!.decode(row[i] as string)
    }
  }
  return {
    columnNames: fields.map((field) => field.name),
    columnTypes: columns.map((column) => column.type),
    rows: decoded,
  }
}

async function startTransaction(session: Session, isolation: PrismaIsolation | undefined): Promise<PrismaTransaction> {
  if (scopes.getStore()?.answer) return toldTransaction
  const level = isolationOf(isolation)
  const transaction = await session.begin(currentOperation(), level ? { isolation: level } : {})
  const scope = scopes.getStore()
  if (scope) scope.begun = transaction
  return prismaTransaction(transaction)
}

/** The transaction of a request that is answered without asking the database: nothing was begun, nothing ends. */
const toldTransaction: PrismaTransaction = {
  ...queryable(() => Promise.reject(new Error('a statement that nothing answers'))),
  options: { usePhantomQuery: true },
  commit: async () => {},
  rollback: async () => {},
  createSavepoint: async () => {},
  rollbackToSavepoint: async () => {},
  releaseSavepoint: async () => {},
}

function prismaTransaction(transaction: Transaction): PrismaTransaction {
  return {
    ...queryable((statement) => transaction.execute(statement, scopes.getStore()?.operation)),
    // Prisma then sends no COMMIT or ROLLBACK of its own.
    options: { usePhantomQuery: true },
    commit: () => translated(() => transaction.commit()),
    rollback: () => transaction.rollback(),
    createSavepoint: (name) => translated(() => transaction.savepoint(name)),
    rollbackToSavepoint: (name) => translated(() => transaction.rollbackTo(name)),
    releaseSavepoint: (name) => translated(() => transaction.release(name)),
  }
}

const isolations: Readonly<Record<string, IsolationLevel>> = {
  'READ UNCOMMITTED': 'read uncommitted',
  'READ COMMITTED': 'read committed',
  'REPEATABLE READ': 'repeatable read',
  SERIALIZABLE: 'serializable',
}

function isolationOf(level: PrismaIsolation | undefined): IsolationLevel | undefined {
  if (level === undefined) return undefined
  const known = isolations[level]
  if (!known) throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level })
  return known
}

async function translated<T>(run: () => Promise<T>, text = ''): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const { explain } = scopes.getStore() ?? {}
    throw driverError(explain ? explain(error, text) : error)
  }
}
