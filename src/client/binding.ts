/**
 * A Prisma client bound to one context.
 *
 * The context must be bound below Prisma's data loader: whatever the loader merges runs in the asynchronous context of the
 * first call of its tick. So each bound client has an engine facade, which carries its scope, and a request handler, hence
 * a data loader, of its own. Everything else is shared with the client it comes from.
 */
import type { Answer, Scope } from '../adapter/scope.ts'
import { scopes } from '../adapter/scope.ts'
import type { Context } from '../core/context.ts'
import { type OperationKind, startOperation } from '../core/operation.ts'
import type { Transaction } from '../pg/session.ts'
import type { ClientRequest, Engine, PrismaInternals, ProtocolQuery, RequestOptions } from './internals.ts'

export interface BindingOptions {
  readonly context: Context | undefined
  /** Transactions that Prisma has open, by Prisma's id. */
  readonly transactions: Map<string, Transaction>
  /** Answers a request, or leaves it to Prisma by calling `prisma`. */
  readonly execute?: (
    client: PrismaInternals,
    request: ClientRequest,
    prisma: () => Promise<unknown>,
  ) => Promise<unknown>
  /** What every statement is answered with; see {@link Scope.answer}. */
  readonly answer?: Answer
  /** Milliseconds that one engine request may take. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where a call's promise keeps the context of the client that made it. */
export const contextOfPromise = Symbol('substrata.context')

/** Binds a context to a client that shares everything else with `base`. Costs tens of microseconds. */
export function bind(base: PrismaInternals, options: BindingOptions): PrismaInternals {
  const original = base._originalClient
  const bound: PrismaInternals = Object.create(original, {
    _engine: { value: engineFacade(original._engine, options), writable: true },
    _createPrismaPromise: {
      value(callback: unknown, specification: unknown) {
        const promise = original._createPrismaPromise(callback, specification)
        return Object.assign(promise, { [contextOfPromise]: options.context })
      },
    },
    // The user may have extended the client before handing it over.
    _extensions: { value: base._extensions },
    // An extended client has none; ours answers it itself.
    $on: { value: undefined },
  })
  const RequestHandler = original._requestHandler.constructor
  Object.defineProperty(bound, '_requestHandler', { value: new RequestHandler(bound) })
  Object.defineProperty(bound, '_originalClient', { value: bound })
  const { execute } = options
  if (execute) {
    Object.defineProperty(bound, '_executeRequest', {
      value(this: PrismaInternals, request: ClientRequest) {
        return execute(this, request, () => original._executeRequest.call(this, request))
      },
    })
  }
  // An extension of nothing gives the client its own composite of models, which read the engine through `bound`.
  return bound.$extends({ name: 'substrata' })
}

function engineFacade(engine: Engine, { context, transactions, answer, timeout, signal }: BindingOptions): Engine {
  const scopeOf = (query: ProtocolQuery | undefined, { isWrite, containsWrite }: RequestOptions): Scope => ({
    operation: startOperation({
      name: query?.action ?? '$transaction',
      model: query?.modelName,
      kind: kindOf(query, isWrite ?? containsWrite),
      context,
      timeout,
      signal,
    }),
    ...(answer && { answer }),
  })
  const facade: Partial<Engine> = {
    request: (query, options) => scopes.run(scopeOf(query, options), () => engine.request(query, options)),
    requestBatch: (queries, options) =>
      scopes.run(scopeOf(queries[0], options), () => engine.requestBatch(queries, options)),
    async transaction(action, headers, argument) {
      const scope = scopeOf(undefined, {})
      const transaction = await scopes.run(scope, () => engine.transaction(action, headers, argument))
      if (action === 'start' && transaction && scope.begun) transactions.set(transaction.id, scope.begun)
      if (action !== 'start') forgetEnded(transactions, (argument as { id: string }).id)
      return transaction
    },
  }
  return new Proxy(engine, {
    get(target, name) {
      if (Object.hasOwn(facade, name)) return facade[name as keyof Engine]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The end of a nested transaction has the same id as the whole, and leaves it open. */
function forgetEnded(transactions: Map<string, Transaction>, id: string): void {
  const { state } = transactions.get(id) ?? { state: 'committed' }
  if (state === 'committed' || state === 'rolledBack') transactions.delete(id)
}

function kindOf(query: ProtocolQuery | undefined, isWrite: boolean | undefined): OperationKind {
  if (!query || query.action === 'queryRaw' || query.action === 'executeRaw') return 'unknown'
  return isWrite ? 'write' : 'read'
}
