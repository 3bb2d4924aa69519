import type { Client } from 'pg'
import { withClient } from '../../pg/with-client.ts'
import { type Connection, clientConfig } from './connection.ts'
import { type PrismaFault, prismaFault } from './prisma-fault.ts'

/**
 * Connects a client of its own, runs the work, and always closes it.
 *
 * @throws PrismaFault P1000, P1001, P1003, P1010, P1011 or P1017 when the connection fails.
 */
export async function withConnection<Result>(
  connection: Connection,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const config = await clientConfig(connection)
  let connected = false
  try {
    return await withClient(config, (client) => {
      connected = true
      return work(client)
    })
  } catch (error) {
    throw connected ? error : connectionFault(error, connection)
  }
}

/** Says why a connection failed with the code and the words of Prisma's native engine. */
export function connectionFault(error: unknown, connection: Connection): PrismaFault {
  const { host, port, database, user } = connection
  const place = `${host}:${port}`
  const code = property(error, 'code')
  const message = error instanceof Error ? error.message : String(error)
  switch (code) {
    case '28P01':
      return prismaFault(
        'P1000',
        `Authentication failed against database server, the provided database credentials for \`${user ?? ''}\` are not valid.\n\nPlease make sure to provide valid database credentials for the database server at the configured address.`,
        { database_user: user },
        error,
      )
    case '28000':
      return prismaFault(
        'P1010',
        `User was denied access on the database \`${database}\`: ${message}`,
        { database_user: user, database_name: database },
        error,
      )
    case '3D000':
      return prismaFault('P1003', `Database \`${database}\` does not exist`, { database_name: database }, error)
    case '53300':
      return prismaFault('P2037', `Too many database connections opened: ${message}`, { message }, error)
  }
  if (isTlsFailure(code, message))
    return prismaFault('P1011', `Error opening a TLS connection: ${message}`, { message }, error)
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && property(error, 'severity') !== undefined)
    return prismaFault('P1017', `The server refused the connection: ${message}`, { message }, error)
  return prismaFault(
    'P1001',
    `Can't reach database server at \`${place}\`\n\nPlease make sure your database server is running at \`${place}\`.`,
    { database_location: place },
    error,
  )
}

function isTlsFailure(code: string | undefined, message: string): boolean {
  return /SSL|TLS/.test(message) || /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code ?? '')
}

function property(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined
  const value: unknown = Reflect.get(error, name)
  return typeof value === 'string' ? value : undefined
}
