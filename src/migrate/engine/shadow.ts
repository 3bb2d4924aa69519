import { randomInt, randomUUID } from 'node:crypto'
import { identifier } from '../../pg/sql.ts'
import { withConnection } from './connect.ts'
import { type Connection, isSameDatabase, withDatabase } from './connection.ts'
import { isPrismaFault, prismaFault } from './prisma-fault.ts'

/** A database to replay migrations into. Closing it drops it, or leaves it as it is when it was given from outside. */
export interface ShadowDatabase extends AsyncDisposable {
  readonly connection: Connection
}

/**
 * Makes an empty shadow database beside `connection`, or empties the one that is given.
 *
 * A given one is emptied completely: every schema that is not PostgreSQL's own is dropped, as Prisma documents for it. One to
 * which migrations were once deployed is somebody's database, and refused.
 *
 * @throws PrismaFault P3014 when the role may not create databases, P3006 when the given one is the main database itself
 * or holds a ledger of migrations.
 */
export async function openShadowDatabase(main: Connection | undefined, given?: Connection): Promise<ShadowDatabase> {
  if (given !== undefined) {
    if (main !== undefined && (isSameDatabase(main, given) || (await sharesLocks(main, given)))) throw sameDatabase()
    await emptyDatabase(given)
    return { connection: given, [Symbol.asyncDispose]: async () => {} }
  }
  if (main === undefined)
    throw prismaFault('P3014', 'A shadow database is needed, and there is no connection URL to create it with.')
  const name = `prisma_migrate_shadow_db_${randomUUID()}`
  await createShadow(main, name)
  return {
    connection: withDatabase(main, name),
    [Symbol.asyncDispose]: () =>
      withConnection(main, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)
      }),
  }
}

/**
 * One database has many URLs: `localhost` and `127.0.0.1`, a socket, a pooler. An advisory lock belongs to the database, however
 * it was reached; the transaction keeps it where it is behind a pooler, too.
 */
async function sharesLocks(main: Connection, given: Connection): Promise<boolean> {
  const key = randomInt(2 ** 47)
  try {
    return await withConnection(main, async (holder) => {
      await holder.query('BEGIN')
      await holder.query('SELECT pg_advisory_xact_lock($1)', [key])
      return withConnection(given, async (other) => {
        const { rows } = await other.query<{ free: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS free', [key])
        return rows[0]?.free !== true
      })
    })
  } catch (error) {
    // A main database that is not there is not the given one, which must be.
    if (isPrismaFault(error) && ['P1001', 'P1003'].includes(error.prismaCode)) return false
    throw error
  }
}

async function createShadow(main: Connection, name: string): Promise<void> {
  try {
    await withConnection(main, (client) => client.query(`CREATE DATABASE ${identifier(name)}`))
  } catch (error) {
    if (isPrismaFault(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw prismaFault(
      'P3014',
      `Prisma Migrate could not create the shadow database. Please make sure the database user has permission to create databases. Read more about the shadow database (and workarounds) at https://pris.ly/d/migrate-shadow\n\nOriginal error: ${reason}`,
      { inner_error: reason },
      error,
    )
  }
}

async function emptyDatabase(connection: Connection): Promise<void> {
  await withConnection(connection, async (client) => {
    const ledgers = await client.query(`SELECT FROM pg_class WHERE relname = '_prisma_migrations' AND relkind = 'r'`)
    if (ledgers.rows.length > 0) throw holdsLedger(connection)
    const { rows } = await client.query<{ nspname: string }>(
      `SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
    )
    const drops = rows.map(({ nspname }) => `DROP SCHEMA ${identifier(nspname)} CASCADE;`)
    await client.query(`${drops.join('\n')}\nCREATE SCHEMA public;`)
  })
}

function holdsLedger({ database }: Connection): Error {
  return prismaFault(
    'P3006',
    `The shadow database you configured, ${database}, has a table _prisma_migrations: migrations are deployed to it, and what is in it would be dropped. Please specify an empty database.`,
  )
}

function sameDatabase(): Error {
  return prismaFault(
    'P3006',
    'The shadow database you configured appears to be the same as the main database. Please specify another shadow database.',
  )
}
