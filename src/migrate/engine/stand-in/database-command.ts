import { DatabaseError } from 'pg'
import { identifier } from '../../../pg/sql.ts'
import { connectionFault, withConnection } from '../connect.ts'
import { type Connection, parseConnection, withDatabase } from '../connection.ts'
import { isPrismaFault, prismaFault } from '../prisma-fault.ts'
import { log } from './log.ts'

/** Databases to connect to when the wanted one cannot be: the usual one, the one that always is, DigitalOcean's. */
const MAINTENANCE_DATABASES = ['postgres', 'template1', 'defaultdb']

const commands: Readonly<Record<string, (connection: Connection) => Promise<string>>> = {
  'can-connect-to-database': async (connection) => {
    await withConnection(connection, (client) => client.query('SELECT 1'))
    return 'Connection successful'
  },
  'create-database': async (connection) => {
    await createDatabase(connection)
    return `Database '${connection.database}' was successfully created.`
  },
  'drop-database': async (connection) => {
    await onMaintenanceDatabase(connection, `DROP DATABASE ${identifier(connection.database)} WITH (FORCE)`)
    return 'The database was successfully dropped.'
  },
}

/** Runs `cli <command>`, reports on the log, and returns the exit code. */
export async function runDatabaseCommand(name: string, url: string | undefined): Promise<number> {
  log('INFO', { message: 'Starting schema engine CLI' })
  try {
    const command = commands[name]
    if (command === undefined) throw new Error(`The schema engine has no command ${name}.`)
    if (url === undefined) throw prismaFault('P1012', 'The datasource URL is missing in the Prisma configuration.')
    log('INFO', { message: await command(parseConnection(url)) })
    return 0
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    log('ERROR', { message, error_code: isPrismaFault(error) ? error.prismaCode : '' })
    return 1
  }
}

/** Creates the database and the schema that its URL names. */
export async function createDatabase(connection: Connection): Promise<void> {
  await onMaintenanceDatabase(connection, `CREATE DATABASE ${identifier(connection.database)}`)
  await withConnection(connection, (client) =>
    client.query(`CREATE SCHEMA IF NOT EXISTS ${identifier(connection.schema)}`),
  )
}

async function onMaintenanceDatabase(connection: Connection, sql: string): Promise<void> {
  for (const database of MAINTENANCE_DATABASES) {
    try {
      await withConnection(withDatabase(connection, database), (client) => client.query(sql))
      return
    } catch (error) {
      if (isPrismaFault(error)) {
        if (error.prismaCode === 'P1003' || error.prismaCode === 'P1010') continue
        throw error
      }
      throw statementFault(error, connection)
    }
  }
  throw prismaFault(
    'P3003',
    `Could not connect to a default database (${MAINTENANCE_DATABASES.join(', ')}) to create or drop the specified one from.`,
  )
}

function statementFault(error: unknown, connection: Connection): Error {
  if (!(error instanceof DatabaseError)) return connectionFault(error, connection)
  const { database } = connection
  if (error.code === '42P04')
    return prismaFault('P1009', `Database \`${database}\` already exists on the database server`, {
      database_name: database,
    })
  if (error.code === '3D000')
    return prismaFault('P1003', `Database \`${database}\` does not exist`, { database_name: database })
  return prismaFault('P3000', `Failed to create or drop the database: ${error.message}`, {
    database_error: error.message,
  })
}
