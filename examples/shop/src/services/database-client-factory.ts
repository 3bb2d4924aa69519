import { PrismaPg } from '@prisma/adapter-pg'
import type { PoolConfig } from 'pg'
import { PrismaClient } from '../../generated/prisma/client.ts'
import type { DatabaseConfig } from './database-config-factory.ts'

/** How long a request waits for a connection of the pool. Without it, pg waits for ever. */
const CONNECTION_TIMEOUT = 10_000

/** The server cancels a slow query; this much later the client gives up on a server that does not. */
const GRACE = 1_000

export const DatabaseClientFactory = {
  create(config: DatabaseConfig): PrismaClient {
    return new PrismaClient({
      adapter: new PrismaPg(poolConfig(config)),
      // Without 'error': what Prisma would print is thrown as well, and whoever catches it knows whether it is one. A duplicate
      // e-mail address is not.
      log: config.enableLogging ? ['query', 'info', 'warn'] : ['warn'],
    })
  },
}

/** What reaches the pool. */
export function poolConfig({ url, maxConnections, queryTimeout }: DatabaseConfig): PoolConfig {
  const connection = new URL(url)
  // pg lets the URL win over what is given beside it, so the two are joined here.
  const given = connection.searchParams.get('options')
  connection.searchParams.delete('options')
  return {
    connectionString: connection.href,
    max: maxConnections,
    connectionTimeoutMillis: CONNECTION_TIMEOUT,
    statement_timeout: queryTimeout,
    query_timeout: queryTimeout + GRACE,
    // Prisma's adapter reads timestamps as if they were UTC, whatever zone the session has.
    options: [given, '-c TimeZone=UTC'].filter(Boolean).join(' '),
  }
}
