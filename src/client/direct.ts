/**
 * The direct path: a call that the compiler covers goes to the database as one statement, past Prisma's runtime. Whatever
 * it does not cover goes to Prisma, and so does every fault, so that the errors are Prisma's own.
 */
import type { Answer } from '../adapter/index.ts'
import { isSubstrataError } from '../core/errors.ts'
import type { Operation } from '../core/operation.ts'
import { isDatabaseError } from '../pg/errors.ts'
import type { Session, Transaction } from '../pg/session.ts'
import type { Result, Statement } from '../pg/statement.ts'
import { type Operation as CallOperation, isPlainObject } from '../query/call.ts'
import { type Plan, type Refusal, Uncovered } from '../query/index.ts'
import type { PendingCall, RowsOf } from './feature.ts'
import { type Ground, goesDirect, type QueryPaths } from './ground.ts'
import type { ClientRequest, PrismaInternals } from './internals.ts'
import { observe } from './observe.ts'
import type { Circumstances } from './operation-of.ts'
import type { PathTaken } from './path-taken.ts'
import { runPortions } from './portions.ts'

/** What the calls of one client go by. */
export interface DirectPath extends Circumstances {
  readonly ground: Ground
  readonly queryPath: QueryPaths
  /** Why the calls of the client need no context. */
  readonly unprotected: string | undefined
  /** The same call on Prisma's own path. */
  viaPrisma(request: ClientRequest, site?: object): Promise<unknown>
  /** Prisma's result, or error, for what the database has answered. The database is not asked again, in no transaction either. */
  tell(request: ClientRequest, answer: Answer, site?: object): Promise<unknown>
}

/** What a client's extensions may change about a call's result. */
type Extended = Pick<PrismaInternals, '_extensions' | '_previewFeatures'>

/** A covered call: its plan and its values. */
export interface Bound {
  readonly plan: Plan
  readonly values: readonly (string | null)[]
  /** Instead of one statement of the plan's text. */
  readonly statements?: readonly Statement[] | undefined
}

/** Answers a request directly, or hands it to `prisma`. */
export function execute(
  path: DirectPath,
  client: Extended,
  request: ClientRequest,
  operation: Operation,
  prisma: () => Promise<unknown>,
): Promise<unknown> {
  return guard(path, request, () => {
    const bound = bindRequest(path, client, request)
    if (!('uncovered' in bound)) return runBound(path, bound, request, operation, prisma)
    const { events } = path.ground
    return events.listened('operation') ? observe(events, operation, wayOf(path, bound), prisma()) : prisma()
  })
}

/** Every call passes the features here, on its way and back, whichever way it goes. */
export function guard(
  path: DirectPath,
  request: ClientRequest,
  run: () => Promise<unknown>,
  rowsOf?: RowsOf,
): Promise<unknown> {
  const { context, unprotected } = path
  const { stages, unprotectedCalls } = path.ground
  const { model, action: name, args = {}, dataPath } = request
  if (unprotected !== undefined) unprotectedCalls.set(unprotected, (unprotectedCalls.get(unprotected) ?? 0) + 1)
  if (!stages.concerns(model)) return run()
  const ask: PendingCall['ask'] = (args) => path.viaPrisma({ ...request, args, dataPath: [] })
  const call: PendingCall = { model, name, args, context, dataPath, ask, unprotected }
  const refusal = stages.refusal(call)
  return refusal === undefined ? stages.answered(call, run(), rowsOf) : Promise.reject(refusal)
}

/** Runs a covered request as one statement. Faults are put into Prisma's words; `prisma` is for what only it can tell. */
export function runBound(
  path: DirectPath,
  bound: Bound,
  request: ClientRequest,
  operation: Operation,
  prisma: () => Promise<unknown>,
): Promise<unknown> {
  const answer = run(path, bound, operation, request, prisma)
  const { events } = path.ground
  return events.listened('operation') ? observe(events, operation, wayOf(path, bound), answer) : answer
}

async function run(
  path: DirectPath,
  bound: Bound,
  operation: Operation,
  request: ClientRequest,
  prisma: () => Promise<unknown>,
): Promise<unknown> {
  const { plan } = bound
  const { session, stages, transactions } = path.ground
  if (plan.empty) return plan.decode([])
  const { transaction } = request
  const open = transaction?.kind === 'itx' ? transactions.get(transaction.id) : undefined
  if (transaction && open?.state !== 'open') return prisma()
  let result: Result
  try {
    result = await resultOf(session, open, operation, bound)
  } catch (failure) {
    // It was ended while the statement ran: Prisma knows why.
    if (open && isSubstrataError(failure, 'SUB_TRANSACTION_OVER')) return prisma()
    if (!isDatabaseError(failure)) throw failure
    const { model, action } = request
    const told = stages.explain({ error: failure, text: plan.text, model, operation: action })
    if (told !== failure) throw told
    // Names of tables and columns are those of whoever wrote the statement; outside a transaction Prisma can find out itself.
    if (!open && namesOfSchema.has(failure.code ?? '')) return prisma()
    return path.tell(ofOneRow(request), { failure }, request.callsite?._error)
  }
  // A read may be made again. A write never: from here on Prisma is only told what has come.
  const long =
    operation.kind === 'read' ? prisma : () => path.tell(ofOneRow(request), { result }, request.callsite?._error)
  if (result.rows.length === 0 && mustFind.has(request.action)) return long()
  const decodedAt = performance.now()
  try {
    return plan.decode(result.rows, result.count)
  } catch (error) {
    if (error instanceof Uncovered) return long()
    throw error
  } finally {
    operation.timings.decode += performance.now() - decodedAt
  }
}

function resultOf(
  session: Session,
  open: Transaction | undefined,
  operation: Operation,
  { plan: { text }, values, statements = [{ text, values }] }: Bound,
): Promise<Result> {
  const [only, ...more] = statements
  if (more.length === 0) return open ? open.execute(only!, operation) : session.execute(operation, only!)
  return open
    ? runAll(open, operation, statements)
    : session.transaction(operation, {}, (tx) => runAll(tx, operation, statements))
}

/** All their rows in their order, and all their counts together. */
async function runAll(tx: Transaction, operation: Operation, statements: readonly Statement[]): Promise<Result> {
  const results: Result[] = []
  const portions = statements.map((statement) => ({
    statements: [statement],
    settle: (result: Result) => void results.push(result),
  }))
  await runPortions(tx, portions, operation)
  const count = results.reduce((sum, each) => sum + (each.count ?? 0), 0)
  return { ...results[0]!, rows: results.flatMap(({ rows }) => rows), count }
}

/** What there is to tell is the same of one row, and Prisma takes its time over many. */
function ofOneRow(request: ClientRequest): ClientRequest {
  const { data } = request.args ?? {}
  return Array.isArray(data) && data.length > 1
    ? { ...request, args: { ...request.args, data: data.slice(0, 1) } }
    : request
}

/** undefined_table, undefined_column */
const namesOfSchema = new Set(['42P01', '42703'])

/** Where no row is an error, which is Prisma's to word. */
const mustFind = new Set(['findUniqueOrThrow', 'findFirstOrThrow', 'create', 'update', 'delete'])

function wayOf({ unprotected }: DirectPath, bound: Bound | Refusal) {
  return { ...taken(bound), unprotected }
}

function taken(bound: Bound | Refusal): PathTaken {
  return 'uncovered' in bound ? { path: 'prisma', reason: bound.uncovered } : { path: 'direct' }
}

/** Tells where a call would go, without making it. */
export function pathOf(path: DirectPath, client: Extended, request: ClientRequest): PathTaken {
  return taken(bindRequest(path, client, request))
}

/** The plan and the values of a request, or why it is Prisma's. */
export function bindRequest(
  { ground, queryPath }: DirectPath,
  { _extensions, _previewFeatures }: Extended,
  { model, action, args = {}, dataPath, transaction }: ClientRequest,
): Bound | Refusal {
  if (model === undefined) return { uncovered: 'a raw query' }
  if (!goesDirect(queryPath, model)) return { uncovered: 'switched off' }
  if (dataPath.length > 0) return { uncovered: 'a fluent relation' }
  if (transaction?.kind === 'batch') return { uncovered: 'a batch transaction' }
  if (!_extensions.isEmpty() && Object.keys(_extensions.getAllComputedFields(model) ?? {}).length > 0) {
    return { uncovered: 'a model with computed fields' }
  }
  if (_previewFeatures?.includes('strictUndefinedChecks') && holdsUndefined(args)) {
    return { uncovered: 'an undefined, which strictUndefinedChecks refuses' }
  }
  try {
    const plan = ground.compiler.plan({ model, operation: action as CallOperation, args })
    if ('uncovered' in plan) return plan
    const statements = plan.split?.(args)
    return statements ? { plan, values: [], statements } : { plan, values: plan.bind(args) }
  } catch (error) {
    if (error instanceof Uncovered) return { uncovered: error.reason }
    throw error
  }
}

function holdsUndefined(value: unknown): boolean {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.some(holdsUndefined)
  return isPlainObject(value) && Object.values(value).some(holdsUndefined)
}
