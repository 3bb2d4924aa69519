/**
 * The methods that features add to models, on every client and inside its transactions. They are put there as an extension
 * of Prisma's, so that clients which users extend have them too.
 */
import { type Operation, startOperation } from '../core/operation.ts'
import { isDatabaseError, transactionOver } from '../pg/errors.ts'
import type { Transaction } from '../pg/session.ts'
import { asFindMany } from './as-find-many.ts'
import { type DirectPath, guard } from './direct.ts'
import { batchUnsupported } from './errors.ts'
import type { Caller, ModelMethod } from './feature.ts'
import type { PrismaInternals, PrismaPromise, RequestTransaction } from './internals.ts'
import { observe } from './observe.ts'

/** Where a bound client keeps its path, for the methods of its models. */
export const pathOfClient = Symbol('substrata.path')

/** A model of Prisma's as its methods see it. */
interface Model {
  readonly $name: string
  readonly $parent: Parent
}

/** The client that a model belongs to, extensions included. */
interface Parent extends Pick<PrismaInternals, '_extensions' | '_request'> {
  readonly [pathOfClient]: DirectPath
  _createPrismaPromise(
    run: (transaction?: RequestTransaction) => Promise<unknown>,
    specification?: object,
  ): PrismaPromise
}

/** One call of a method, and where it was made. */
interface Place {
  readonly client: Parent
  readonly path: DirectPath
  readonly model: string
  readonly name: string
  readonly method: ModelMethod
  readonly requested: RequestTransaction | undefined
  readonly within: Transaction | undefined
}

/** The extension that gives every model its methods. Made once; a call finds its client by itself. */
export function methodsExtension(methods: Readonly<Record<string, ModelMethod>>): object {
  const $allModels = Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      function (this: Model, ...given: readonly unknown[]) {
        const { $name, $parent } = this
        const made = $parent._createPrismaPromise(
          (transaction) => call($parent, $name, name, method, given, transaction),
          { action: name, model: $name },
        )
        return method.iterates ? iterable(made) : made
      },
    ]),
  )
  return { name: 'substrata', model: { $allModels } }
}

/** Begins when it is iterated, as a promise of Prisma's begins when it is awaited. */
async function* iterable(call: PromiseLike<unknown>): AsyncGenerator {
  yield* (await call) as AsyncIterable<unknown>
}

async function call(
  client: Parent,
  model: string,
  name: string,
  method: ModelMethod,
  given: readonly unknown[],
  transaction: RequestTransaction | undefined,
): Promise<unknown> {
  const path = client[pathOfClient]
  if (transaction?.kind === 'batch') throw batchUnsupported({ model, name })
  const within = transaction && path.ground.transactions.get(transaction.id)
  if (transaction && within?.state !== 'open')
    throw transactionOver({ node: path.ground.session.node, state: within?.state ?? 'rolledBack' })
  const args = method.args ? method.args(...given) : ((given[0] ?? {}) as Readonly<Record<string, unknown>>)
  const place: Place = { client, path, model, name, method, requested: transaction, within }
  function run(): Promise<unknown> {
    const caller = callerOf(place)
    const answer = method.run(caller, ...given)
    const way = { path: 'direct', unprotected: path.unprotected } as const
    const { events } = path.ground
    return events.listened('operation') ? observe(events, caller.operation, way, answer) : answer
  }
  return guard(path, { model, action: name, clientMethod: name, args, dataPath: [] }, run, method.rowsOf)
}

function callerOf(place: Place): Caller {
  const { client, path, model, name, method, requested, within } = place
  const { context, timeout, signal, traceId } = path
  const { schema, compiler, where, session, stages } = path.ground
  const operation: Operation = startOperation({ name, model, kind: method.kind, context, timeout, signal, traceId })
  async function explain(failure: unknown, text = ''): Promise<unknown> {
    if (!isDatabaseError(failure)) return failure
    const told = stages.explain({ error: failure, text, model, operation: name })
    return told === failure ? inPrismasWords(path, model, name, failure) : told
  }
  return {
    schema,
    model: schema.models[model]!,
    compiler,
    where,
    operation,
    session,
    within,
    explain,
    async execute(statement, ownWords) {
      try {
        return await (within ? within.execute(statement, operation) : session.execute(operation, statement))
      } catch (failure) {
        throw ownWords?.(failure) ?? (await explain(failure, statement.text))
      }
    },
    async transaction(body, options = {}) {
      try {
        return await (within ? within.nested(body) : session.transaction(operation, options, body))
      } catch (failure) {
        throw await explain(failure)
      }
    },
    asFindMany: (args, read) => asFindMany(client, schema, { model, name, args, read, transaction: requested }),
    next: () => callerOf(place),
  }
}

/** Any read will do to have Prisma say what a failure of the database is. */
const ANY = 'findFirst'

async function inPrismasWords(path: DirectPath, model: string, name: string, failure: unknown): Promise<unknown> {
  try {
    await path.tell({ model, action: ANY, clientMethod: ANY, dataPath: [] }, { failure })
    return failure
  } catch (told) {
    if (told instanceof Error) told.message = told.message.replace(`.${ANY}()`, `.${name}()`)
    return told
  }
}
