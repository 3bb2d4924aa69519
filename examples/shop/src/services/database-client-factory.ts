import { pino } from 'pino'
import { type DatabaseConfig, type Logger, type Substrata, substrata, type TransactionOf } from 'substrata'
import { PrismaClient } from '../../generated/prisma/client.ts'
import { type Schema, schema } from '../../generated/substrata/index.ts'

/** The shop's client: Prisma's, with Substrata's methods. */
export type ShopClient = Substrata<PrismaClient, Schema>

/** The client inside a transaction. */
export type ShopTransaction = TransactionOf<PrismaClient, Schema>

export const DatabaseClientFactory = {
  create(config: DatabaseConfig, logger: Logger = logTo(config)): Promise<ShopClient> {
    return substrata(PrismaClient, { schema, config, logger })
  },
}

function logTo({ logging }: DatabaseConfig): Logger {
  return pino({ level: logging ? 'debug' : 'warn' }, process.stderr)
}
