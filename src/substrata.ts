import {
  substrata as build,
  type ClientClass,
  type ClientFactory,
  type Substrata,
  type SubstrataOptions,
} from './client/index.ts'
import { features } from './features/index.ts'

/**
 * Builds the client: the user's generated `PrismaClient`, or a function that makes one from our adapter, on Substrata's
 * sessions and with every feature that the schema uses.
 *
 * @throws SUB_CONFIG_INVALID, SUB_SCHEMA_FORMAT, SUB_PRISMA_UNSUPPORTED
 */
export function substrata<C extends object>(
  PrismaClient: ClientClass<C> | ClientFactory<C>,
  options: SubstrataOptions,
): Promise<Substrata<C>> {
  return build(PrismaClient, options, features)
}
