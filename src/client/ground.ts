/** What all clients of one `substrata()` call stand on. */
import type { Events } from '../core/events.ts'
import type { Session, Transaction } from '../pg/session.ts'
import type { Compiler, WhereCompiler } from '../query/index.ts'
import type { SchemaMeta } from '../schema/model-meta.ts'
import type { PrismaInternals } from './internals.ts'
import type { Stages } from './stages.ts'

export interface Ground {
  /** The user's own Prisma client, on our adapter; no call is made on it directly. */
  readonly prisma: PrismaInternals
  /** Of it, read once: every look at Prisma's client goes through layers of proxies. */
  readonly traits: Pick<PrismaInternals, '_extensions' | '_previewFeatures' | '_errorFormat'>
  readonly session: Session
  readonly schema: SchemaMeta
  readonly compiler: Compiler
  readonly where: WhereCompiler
  /** Gives models the methods of features. */
  readonly extension: object
  readonly events: Events
  /** Transactions that Prisma has open, by Prisma's id. */
  readonly transactions: Map<string, Transaction>
  readonly queryPath: QueryPaths
  /** The client's properties that are models. */
  readonly models: ReadonlyMap<string, RuntimeModel>
  readonly stages: Stages
  /** How many calls were made by `$unprotected` clients, by reason. */
  readonly unprotectedCalls: Map<string, number>
  close(options?: CloseOptions): Promise<void>
}

/** A model as Prisma's runtime has it. */
export interface RuntimeModel {
  readonly name: string
  /** Of the client: `user` for the model `User`. */
  readonly property: string
  /** Names of the fields that are relations. */
  readonly relations: readonly string[]
}

/** Whether calls that the compiler covers go straight to the database, or everything through Prisma's runtime. */
export type QueryPath = 'direct' | 'prisma'

/** One way for all models, or by model: `{ Post: 'prisma' }`. A model that is not named goes `'direct'`. */
export type QueryPaths = QueryPath | Readonly<Record<string, QueryPath>>

/** Whether a model's calls are meant to go straight; without a model, whether any are. */
export function goesDirect(paths: QueryPaths, model?: string): boolean {
  if (typeof paths === 'string') return paths === 'direct'
  return model === undefined || paths[model] !== 'prisma'
}

export interface CloseOptions {
  /** Milliseconds that running work may take to end before it is cancelled on the server. Default 10 s. */
  readonly deadline?: number
}
