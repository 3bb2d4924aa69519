import {
  substrata as build,
  type ClientClass,
  type ClientFactory,
  type Substrata as ClientOf,
  type TransactionOf as InTransaction,
  type SubstrataOptions,
} from './client/index.ts'
import { features } from './features/index.ts'
import type { FeatureMethods } from './features/types.ts'
import type { SchemaMeta } from './schema/model-meta.ts'

/** A Prisma client on Substrata; with the generated `Schema`, its models have the methods of every feature. */
export type Substrata<C, S extends SchemaMeta = SchemaMeta> = ClientOf<C, FeatureMethods<S>>

/** The client inside an interactive transaction. */
export type TransactionOf<C, S extends SchemaMeta = SchemaMeta> = InTransaction<C, FeatureMethods<S>>

/**
 * Builds the client: the user's generated `PrismaClient`, or a function that makes one from our adapter, on Substrata's
 * sessions and with every feature that the schema uses.
 *
 * @throws SUB_CONFIG_INVALID, SUB_SCHEMA_FORMAT, SUB_MODEL_UNKNOWN, SUB_PRISMA_UNSUPPORTED
 */
export function substrata<C extends object, S extends SchemaMeta>(
  PrismaClient: ClientClass<C> | ClientFactory<C>,
  options: SubstrataOptions & { readonly schema: S },
): Promise<Substrata<C, S>> {
  return build<C, FeatureMethods<S>>(PrismaClient, options, features)
}
