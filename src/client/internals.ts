/**
 * The internals of Prisma's client that the direct path and the contexts lean on, in one place. They are not public:
 * `requireInternals` refuses a version that lacks one, and `contract.test.ts` pins what each of them does.
 */
import { prismaUnsupported } from './errors.ts'

/** What an engine request is told beside the query. */
export interface RequestOptions {
  readonly isWrite?: boolean
  readonly containsWrite?: boolean
}

/** A query in Prisma's engine protocol. */
export interface ProtocolQuery {
  readonly modelName?: string
  readonly action: string
}

/** What runs below the data loader. */
export interface Engine {
  request(query: ProtocolQuery, options: RequestOptions): Promise<unknown>
  requestBatch(queries: readonly ProtocolQuery[], options: RequestOptions): Promise<readonly unknown[]>
  transaction(
    action: 'start' | 'commit' | 'rollback',
    headers: object,
    argument: object,
  ): Promise<{ id: string } | undefined>
}

/** A transaction as a request of the client names it. */
export type RequestTransaction = { readonly kind: 'itx'; readonly id: string } | { readonly kind: 'batch' }

/** One call of a model's method, after query extensions and before it is serialized for the engine. */
export interface ClientRequest {
  readonly model?: string
  readonly action: string
  readonly clientMethod: string
  readonly args?: Readonly<Record<string, unknown>>
  readonly dataPath: readonly string[]
  readonly transaction?: RequestTransaction
}

/** A call that has been made and not yet run. */
export interface PrismaPromise extends Promise<unknown> {
  requestTransaction(transaction: object): PromiseLike<unknown>
}

/** The composite of extensions on a client. */
export interface ExtensionList {
  isEmpty(): boolean
  getAllComputedFields(model: string): object | undefined
}

/** A Prisma client with what lies behind its types. */
export interface PrismaInternals {
  readonly _originalClient: PrismaInternals
  readonly _engine: Engine
  readonly _requestHandler: { readonly constructor: new (client: object) => object }
  readonly _extensions: ExtensionList
  readonly _globalOmit?: object
  readonly _runtimeDataModel: {
    readonly models: Readonly<
      Record<string, { readonly fields: readonly { readonly name: string; readonly kind: string }[] }>
    >
  }
  readonly _clientVersion: string
  _createPrismaPromise(callback: unknown, specification: unknown): object
  _executeRequest(request: ClientRequest): Promise<unknown>
  $extends(extension: object): PrismaInternals
  $transaction(work: unknown, options?: object): Promise<unknown>
  $on(event: string, listener: (event: unknown) => void): unknown
  $disconnect(): Promise<void>
}

/** The methods of a model, by action. */
export type ModelMethods = Readonly<Record<string, (args?: object) => PrismaPromise>>

/** A model of a client, under the name that Prisma gives it. */
export function modelMethods(client: PrismaInternals, model: string): ModelMethods {
  return (client as unknown as Readonly<Record<string, ModelMethods>>)[modelProperty(model)]!
}

/** `User` is `prisma.user`. */
export function modelProperty(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}

const parts: readonly (keyof PrismaInternals)[] = [
  '_originalClient',
  '_engine',
  '_requestHandler',
  '_extensions',
  '_runtimeDataModel',
  '_createPrismaPromise',
  '_executeRequest',
  '$extends',
]
const engineParts: readonly (keyof Engine)[] = ['request', 'requestBatch', 'transaction']

/** @throws SUB_PRISMA_UNSUPPORTED where this version of Prisma has not what the client is built on. */
export function requireInternals(client: object): PrismaInternals {
  const internals = client as PrismaInternals
  const missing: string[] = parts.filter((part) => internals[part] === undefined)
  const engine = internals._engine as Partial<Engine> | undefined
  if (engine)
    missing.push(...engineParts.filter((part) => typeof engine[part] !== 'function').map((part) => `_engine.${part}`))
  if (missing.length > 0) throw prismaUnsupported({ version: internals._clientVersion, missing })
  return internals
}
