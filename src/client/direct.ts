/**
 * The direct path: a call that the compiler covers goes to the database as one statement, past Prisma's runtime. Whatever
 * it does not cover goes to Prisma, and so does every fault, so that the errors are Prisma's own.
 */
import type { Context } from '../core/context.ts'
import { startOperation } from '../core/operation.ts'
import { isDatabaseError } from '../pg/errors.ts'
import type { Session, Transaction } from '../pg/session.ts'
import type { Operation as CallOperation } from '../query/call.ts'
import { type Compiler, type Plan, type Refusal, Uncovered } from '../query/index.ts'
import type { ClientRequest, PrismaInternals } from './internals.ts'

/** Where a call goes, and why when that is to Prisma. */
export type PathTaken = { readonly path: 'direct' } | { readonly path: 'prisma'; readonly reason: string }

export interface DirectPath {
  readonly compiler: Compiler
  readonly session: Session
  readonly context: Context | undefined
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly transactions: ReadonlyMap<string, Transaction>
  /** Puts a database error into Prisma's words: the same call on a client whose every statement fails so. */
  readonly explain: (request: ClientRequest, failure: unknown) => Promise<never>
}

interface Bound {
  readonly plan: Plan
  readonly values: readonly (string | null)[]
}

/** Answers a request directly, or hands it to `prisma`. */
export async function executeDirect(
  path: DirectPath,
  client: Pick<PrismaInternals, '_extensions' | '_globalOmit'>,
  request: ClientRequest,
  prisma: () => Promise<unknown>,
): Promise<unknown> {
  const bound = bindRequest(path, client, request)
  if ('uncovered' in bound) return prisma()
  const { plan, values } = bound
  if (plan.empty) return plan.decode([])
  const { transaction } = request
  const open = transaction?.kind === 'itx' ? path.transactions.get(transaction.id) : undefined
  if (transaction && open?.state !== 'open') return prisma()
  const { context, timeout, signal } = path
  const operation = startOperation({ name: request.action, model: request.model, kind: 'read', context, timeout, signal })
  const statement = { text: plan.text, values }
  try {
    const { rows } = await (open ? open.execute(statement, operation) : path.session.execute(operation, statement))
    if (rows.length === 0 && request.action.endsWith('OrThrow')) return await prisma()
    return plan.decode(rows)
  } catch (error) {
    if (error instanceof Uncovered) return prisma()
    return isDatabaseError(error) ? path.explain(request, error) : Promise.reject(error)
  }
}

/** Tells where a call would go, without making it. */
export function pathOf(
  path: DirectPath,
  client: Pick<PrismaInternals, '_extensions' | '_globalOmit'>,
  request: ClientRequest,
): PathTaken {
  const bound = bindRequest(path, client, request)
  return 'uncovered' in bound ? { path: 'prisma', reason: bound.uncovered } : { path: 'direct' }
}

function bindRequest(
  { compiler }: DirectPath,
  { _extensions, _globalOmit }: Pick<PrismaInternals, '_extensions' | '_globalOmit'>,
  { model, action, args = {}, dataPath, transaction }: ClientRequest,
): Bound | Refusal {
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
