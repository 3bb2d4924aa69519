/**
 * A Prisma client bound to one context.
 *
 * The context must be bound below Prisma's data loader: whatever the loader merges runs in the asynchronous context of the
 * first call of its tick. So each bound client has an engine facade, which carries the scope, and a request handler, hence
 * a data loader, of its own. Everything else is shared with the client it comes from.
 */
import type { Answer, Scope } from '../adapter/scope.ts'
import { scopes } from '../adapter/scope.ts'
import { contextKey } from '../core/context.ts'
import { isSubstrataError } from '../core/errors.ts'
import type { Operation } from '../core/operation.ts'
import type { Transaction } from '../pg/session.ts'
import { load, unload } from './carried-error.ts'
import { asP2034 } from './conflict.ts'
import type { DirectPath } from './direct.ts'
import {
  answeredBy,
  type ClientRequest,
  type Engine,
  type HandlerRequest,
  type PrismaInternals,
  type ProtocolQuery,
  type RequestHandler,
  type RequestOptions,
} from './internals.ts'
import { pathOfClient } from './model-methods.ts'
import { operationOf } from './operation-of.ts'

export interface BindingOptions {
  /** Of the client; the methods of its models find it too. */
  readonly path: DirectPath
  /** What the client's models have beside Prisma's methods. */
  readonly extension?: object
  /** Answers a request, or leaves it to Prisma by calling `prisma`. */
  readonly execute?: (
    client: PrismaInternals,
    request: ClientRequest,
    operation: Operation,
    prisma: () => Promise<unknown>,
  ) => Promise<unknown>
  /** What every statement is answered with; see {@link Scope.answer}. */
  readonly answer?: Answer
  /** Holds the stack of the call that is made again, for errors to name its place. */
  readonly site?: object | undefined
}

/** Where a call's promise keeps the context of the client that made it: {@link contextKey}. */
export const contextOfPromise = Symbol('substrata.context')

/** Binds a context to a client that shares everything else with `base`. Costs tens of microseconds. */
export function bind(base: PrismaInternals, options: BindingOptions): PrismaInternals {
  const original = base._originalClient
  const { path, execute, site } = options
  const key = contextKey(path.context)
  const bound: PrismaInternals = Object.create(original, {
    _engine: { value: engineFacade(original, options), writable: true },
    _createPrismaPromise: {
      value(callback: unknown, specification: unknown) {
        const promise = original._createPrismaPromise(callback, specification)
        return Object.assign(promise, { [contextOfPromise]: key })
      },
      // Inside a transaction Prisma puts its own in front, which a fixed one would forbid.
      writable: true,
    },
    [pathOfClient]: { value: path },
    // The user may have extended the client before handing it over.
    _extensions: { value: base._extensions },
    // An extended client has none; ours answers it itself.
    $on: { value: undefined },
  })
  const RequestHandler = original._requestHandler.constructor
  const handler = new RequestHandler(bound, original._requestHandler.logEmitter)
  Object.defineProperty(bound, '_requestHandler', { value: handler })
  Object.defineProperty(bound, '_originalClient', { value: bound })
  Object.defineProperty(bound, '_executeRequest', {
    value(this: PrismaInternals, request: ClientRequest) {
      const answer = request[answeredBy]
      if (answer) return answer(request.args ?? {})
      const operation = operationOf(path, request)
      if (site && request.callsite) request.callsite._error = site
      const viaPrisma = () => {
        // The query that Prisma makes of the request is all that reaches the engine; it leads back to the operation.
        const remembering = (query: HandlerRequest) => {
          operations.set(query.protocolQuery, operation)
          return requestInBatch(original, handler, query)
        }
        const client: PrismaInternals = Object.create(this, { _requestHandler: { value: { request: remembering } } })
        return original._executeRequest.call(client, request).catch(unload)
      }
      return execute ? execute(this, request, operation, viaPrisma) : viaPrisma()
    },
  })
  // An extension of nothing gives the client its own composite of models, which read the engine through `bound`.
  return bound.$extends(options.extension ?? { name: 'substrata' })
}

/** What each query serves, until it reaches the engine. */
const operations = new WeakMap<ProtocolQuery, Operation>()

/** The handlers that collect the batches under way, by Prisma's number of the batch. */
const collecting = new WeakMap<PrismaInternals, Map<number, RequestHandler>>()

/**
 * A batch is one transaction where one data loader collects it. Its calls may come from several clients of one context, each
 * with a loader of its own: the first call's collects them all.
 */
async function requestInBatch(client: PrismaInternals, own: RequestHandler, query: HandlerRequest): Promise<unknown> {
  const { transaction } = query
  if (transaction?.kind !== 'batch') return own.request(query)
  const handlers = collecting.get(client) ?? new Map<number, RequestHandler>()
  collecting.set(client, handlers)
  const handler = handlers.get(transaction.id) ?? own
  handlers.set(transaction.id, handler)
  try {
    return await handler.request(query)
  } finally {
    handlers.delete(transaction.id)
  }
}

function engineFacade(
  { _engine: engine, _clientVersion: clientVersion }: PrismaInternals,
  { path, answer }: BindingOptions,
): Engine {
  const { transactions, stages } = path.ground
  const scopeOf = (operation: Operation): Scope => ({
    operation,
    explain: (error, text) => stages.explain({ error, text, model: operation.model, operation: operation.name }),
    ...(answer && { answer }),
  })
  const transactional = () => operationOf(path, { action: '$transaction', clientMethod: '$transaction' })
  const facade: Partial<Engine> = {
    async request(query, given) {
      const scope = scopeOf(operations.get(query) ?? transactional())
      try {
        return await whileOpen(given, () => scopes.run(scope, () => engine.request(query, given)))
      } catch (error) {
        throw load(error)
      }
    },
    async requestBatch(queries, given) {
      const merged = queries.flatMap((query) => operations.get(query) ?? [])
      // Reads that the data loader has merged run as the first of them; all of them are this client's.
      const operation = given.transaction?.kind === 'batch' ? transactional() : (merged[0] ?? transactional())
      const scope = scopeOf(operation)
      try {
        return (await whileOpen(given, () => scopes.run(scope, () => engine.requestBatch(queries, given)))).map(load)
      } catch (error) {
        throw load(error)
      } finally {
        for (const each of merged) shareMeasurements(operation, each)
      }
    },
    async transaction(action, headers, argument) {
      const scope = scopeOf(transactional())
      try {
        const transaction = await scopes.run(scope, () => engine.transaction(action, headers, argument))
        if (action === 'start' && transaction && scope.begun) transactions.set(transaction.id, scope.begun)
        return transaction
      } catch (error) {
        throw await asP2034(error, clientVersion)
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

/** Only Prisma knows why it has ended a transaction under a running statement: asked again, it says so and runs nothing. */
async function whileOpen<T>(
  { interactiveTransaction, transaction }: RequestOptions,
  ask: () => Promise<T>,
): Promise<T> {
  // For anything else Prisma would begin another transaction.
  if (interactiveTransaction === undefined && transaction?.kind !== 'itx') return ask()
  try {
    const answer = await ask()
    return Array.isArray(answer) && answer.some(isOver) ? await ask() : answer
  } catch (error) {
    if (isOver(error)) return ask()
    throw error
  }
}

function isOver(error: unknown): boolean {
  return isSubstrataError(error, 'SUB_TRANSACTION_OVER')
}

function shareMeasurements(from: Operation, to: Operation): void {
  to.node = from.node
  Object.assign(to.timings, from.timings)
}

/** The end of a nested transaction has the same id as the whole, and leaves it open. */
function forgetEnded(transactions: Map<string, Transaction>, id: string): void {
  const { state } = transactions.get(id) ?? { state: 'committed' }
  if (state === 'committed' || state === 'rolledBack') transactions.delete(id)
}
