import type { ClientConfig } from 'pg'
import { identifier } from '../../pg/sql.ts'
import { sqlStateOf } from '../../pg/sql-state.ts'
import { withClient } from '../../pg/with-client.ts'

const MISSING_DATABASE = '3D000'

/** Creates the development database where it does not exist yet, as Prisma does. */
export async function ensureDatabase(session: ClientConfig): Promise<void> {
  try {
    await withClient(session, async () => {})
  } catch (error) {
    if (sqlStateOf(error) !== MISSING_DATABASE) throw error
    const url = new URL(session.connectionString ?? '')
    const name = decodeURIComponent(url.pathname.slice(1))
    url.pathname = '/postgres'
    await withClient({ ...session, connectionString: url.href }, (client) =>
      client.query(`CREATE DATABASE ${identifier(name)}`),
    )
  }
}
