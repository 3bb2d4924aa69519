/**
 * The internals of Prisma's client that the direct path and the contexts lean on, in one place. They are not public:
 * `requireInternals` refuses a version that lacks one, and `contract.test.ts` pins what each of them does.
 */
import type { GlobalOmit } from '../query/index.ts'
import { prismaUnsupported } from './errors.ts'

/** What an engine request is told beside the query. */
export interface RequestOptions {
  /** Of a single query: the transaction that its caller has opened. */
  readonly interactiveTransaction?: { readonly id: string } | undefined
  /** Of a batch: the transaction that it is, if it is one. */
  readonly transaction?: { readonly kind: 'itx' | 'batch' }
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
  /** Where the call was made, for errors; Prisma reads the stack of `_error`. */
  readonly callsite?: { _error?: object }
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

/** What a request has become on its way to the data loader. */
export interface HandlerRequest {
  readonly protocolQuery: ProtocolQuery
  /** Prisma counts its batches. */
  readonly transaction?: { readonly kind: 'itx' } | { readonly kind: 'batch'; readonly id: number }
}

/** A client's data loader and what surrounds it. */
export interface RequestHandler {
  readonly constructor: new (client: object, logEmitter?: object) => RequestHandler
  /** Through which it tells `$on('error')`. */
  readonly logEmitter: object
  request(request: HandlerRequest): Promise<unknown>
}

/** A Prisma client with what lies behind its types. */
export interface PrismaInternals {
  readonly _originalClient: PrismaInternals
  readonly _engine: Engine
  readonly _requestHandler: RequestHandler
  readonly _extensions: ExtensionList
  readonly _globalOmit?: GlobalOmit
  readonly _previewFeatures?: readonly string[]
  readonly _engineConfig: { readonly adapter: object }
  /** `minimal` names no place of the call in errors. */
  readonly _errorFormat: string
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
  '_engineConfig',
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
