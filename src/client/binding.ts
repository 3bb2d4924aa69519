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
import { load, unload } from './carried-error.ts'
import type { ClientRequest, Engine, PrismaInternals, ProtocolQuery, RequestOptions } from './internals.ts'
import type { Stages } from './stages.ts'

export interface BindingOptions {
  readonly context: Context | undefined
  /** Transactions that Prisma has open, by Prisma's id. */
  readonly transactions: Map<string, Transaction>
  readonly stages: Stages
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

/** Where a call's promise keeps the context of the client that made it: {@link contextKey}. */
export const contextOfPromise = Symbol('substrata.context')

/** Equal for two clients exactly when their contexts mean the same. */
export function contextKey(context: Context | undefined): string {
  return context?.key ?? ''
}

/** Binds a context to a client that shares everything else with `base`. Costs tens of microseconds. */
export function bind(base: PrismaInternals, options: BindingOptions): PrismaInternals {
  const original = base._originalClient
  const key = contextKey(options.context)
  const bound: PrismaInternals = Object.create(original, {
    _engine: { value: engineFacade(original._engine, options), writable: true },
    _createPrismaPromise: {
      value(callback: unknown, specification: unknown) {
        const promise = original._createPrismaPromise(callback, specification)
        return Object.assign(promise, { [contextOfPromise]: key })
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
  Object.defineProperty(bound, '_executeRequest', {
    value(this: PrismaInternals, request: ClientRequest) {
      const viaPrisma = () => original._executeRequest.call(this, request).catch(unload)
      return execute ? execute(this, request, viaPrisma) : viaPrisma()
    },
  })
  // An extension of nothing gives the client its own composite of models, which read the engine through `bound`.
  return bound.$extends({ name: 'substrata' })
}

function engineFacade(
  engine: Engine,
  { context, transactions, stages, answer, timeout, signal }: BindingOptions,
): Engine {
  const scopeOf = (query: ProtocolQuery | undefined, { isWrite, containsWrite }: RequestOptions): Scope => ({
    operation: startOperation({
      name: nameOf(query),
      model: query?.modelName,
      kind: kindOf(query, isWrite ?? containsWrite),
      context,
      timeout,
      signal,
    }),
    explain: (error, text) => stages.explain({ error, text, model: query?.modelName, operation: nameOf(query) }),
    ...(answer && { answer }),
  })
  const facade: Partial<Engine> = {
    request: (query, options) =>
      scopes
        .run(scopeOf(query, options), () => engine.request(query, options))
        .catch((error) => {
          throw load(error)
        }),
    async requestBatch(queries, options) {
      try {
        const answers = await scopes.run(scopeOf(queries[0], options), () => engine.requestBatch(queries, options))
        return answers.map(load)
      } catch (error) {
        throw load(error)
      }
    },
    async transaction(action, headers, argument) {
      const scope = scopeOf(undefined, {})
      try {
        const transaction = await scopes.run(scope, () => engine.transaction(action, headers, argument))
        if (action === 'start' && transaction && scope.begun) transactions.set(transaction.id, scope.begun)
        return transaction
      } finally {
        if (action !== 'start') forgetEnded(transactions, (argument as { id: string }).id)
      }
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

/** As the caller wrote it. */
function nameOf(query: ProtocolQuery | undefined): string {
  if (!query) return '$transaction'
  return query.action.endsWith('Raw') ? `$${query.action}` : query.action.replace(/One$/, '')
}

function kindOf(query: ProtocolQuery | undefined, isWrite: boolean | undefined): OperationKind {
  if (!query || query.action === 'queryRaw' || query.action === 'executeRaw') return 'unknown'
  return isWrite ? 'write' : 'read'
}
