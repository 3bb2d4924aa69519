/**
 * The direct path: a call that the compiler covers goes to the database as one statement, past Prisma's runtime. Whatever
 * it does not cover goes to Prisma, and so does every fault, so that the errors are Prisma's own.
 */
import type { Context } from '../core/context.ts'
import type { Events } from '../core/events.ts'
import { type Operation, startOperation } from '../core/operation.ts'
import { isDatabaseError } from '../pg/errors.ts'
import type { Session, Transaction } from '../pg/session.ts'
import type { Operation as CallOperation } from '../query/call.ts'
import { type Compiler, type Plan, type Refusal, Uncovered } from '../query/index.ts'
import type { QueryPath } from './ground.ts'
import type { ClientRequest, PrismaInternals } from './internals.ts'
import { observe } from './observe.ts'
import type { PathTaken } from './path-taken.ts'
import type { Stages } from './stages.ts'

export interface DirectPath {
  readonly queryPath: QueryPath
  readonly compiler: Compiler
  readonly events: Events
  readonly session: Session
  readonly context: Context | undefined
  readonly stages: Stages
  readonly unprotected: string | undefined
  readonly unprotectedCalls: Map<string, number>
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly transactions: ReadonlyMap<string, Transaction>
  /** Puts a database error into Prisma's words: the same call on a client whose every statement fails so. */
  readonly explain: (request: ClientRequest, failure: unknown) => Promise<unknown>
}

/** What a client's extensions may change about a call's result. */
type Extended = Pick<PrismaInternals, '_extensions' | '_globalOmit'>

interface Bound {
  readonly plan: Plan
  readonly values: readonly (string | null)[]
}

/** Answers a request directly, or hands it to `prisma`. */
export function execute(
  path: DirectPath,
  client: Extended,
  request: ClientRequest,
  prisma: () => Promise<unknown>,
): Promise<unknown> {
  const { context, timeout, signal, events, stages, unprotected, unprotectedCalls } = path
  const { model, action, args = {} } = request
  const call = { model, name: action, args, context, unprotected }
  if (unprotected !== undefined) unprotectedCalls.set(unprotected, (unprotectedCalls.get(unprotected) ?? 0) + 1)
  const refusal = stages.refusal(call)
  if (refusal !== undefined) return Promise.reject(refusal)
  const bound = bindRequest(path, client, request)
  const kind = reads.has(action) ? 'read' : 'unknown'
  const operation = startOperation({ name: action, model, kind, context, timeout, signal })
  const found = 'uncovered' in bound ? prisma() : run(path, bound, operation, request, prisma)
  const answer = stages.answered(call, found)
  return events.listened('operation') ? observe(events, operation, { ...taken(bound), unprotected }, answer) : answer
}

const reads = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
])

async function run(
  path: DirectPath,
  { plan, values }: Bound,
  operation: Operation,
  request: ClientRequest,
  prisma: () => Promise<unknown>,
): Promise<unknown> {
  if (plan.empty) return plan.decode([])
  const { transaction } = request
  const open = transaction?.kind === 'itx' ? path.transactions.get(transaction.id) : undefined
  if (transaction && open?.state !== 'open') return prisma()
  const statement = { text: plan.text, values }
  try {
    const { rows } = await (open ? open.execute(statement, operation) : path.session.execute(operation, statement))
    // Prisma finds nothing either, and says so in its own words.
    if (rows.length === 0 && request.action.endsWith('OrThrow')) return await prisma()
    const decodedAt = performance.now()
    const result = plan.decode(rows)
    operation.timings.decode += performance.now() - decodedAt
    return result
  } catch (error) {
    if (error instanceof Uncovered) return prisma()
    throw isDatabaseError(error) ? await path.explain(request, error) : error
  }
}

function taken(bound: Bound | Refusal): PathTaken {
  return 'uncovered' in bound ? { path: 'prisma', reason: bound.uncovered } : { path: 'direct' }
}

/** Tells where a call would go, without making it. */
export function pathOf(path: DirectPath, client: Extended, request: ClientRequest): PathTaken {
  return taken(bindRequest(path, client, request))
}

function bindRequest(
  { compiler, queryPath }: DirectPath,
  { _extensions, _globalOmit }: Extended,
  { model, action, args = {}, dataPath, transaction }: ClientRequest,
): Bound | Refusal {
  if (queryPath === 'prisma') return { uncovered: 'switched off' }
  if (model === undefined) return { uncovered: 'a raw query' }
  if (dataPath.length > 0) return { uncovered: 'a fluent relation' }
  if (transaction?.kind === 'batch') return { uncovered: 'a batch transaction' }
  if (_globalOmit !== undefined && Object.keys(_globalOmit).length > 0) return { uncovered: 'a global omit' }
  if (!_extensions.isEmpty() && Object.keys(_extensions.getAllComputedFields(model) ?? {}).length > 0) {
    return { uncovered: 'a model with computed fields' }
  }
  try {
    const plan = compiler.plan({ model, operation: action as CallOperation, args })
    return 'uncovered' in plan ? plan : { plan, values: plan.bind(args) }
  } catch (error) {
    if (error instanceof Uncovered) return { uncovered: error.reason }
    throw error
  }
}
