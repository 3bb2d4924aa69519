import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { withClient } from '../../pg/with-client.ts'
import { connectionsLeaked } from '../errors.ts'
import type { OpenConnection } from './open-connection.ts'

/**
 * Fails when somebody is still connected to the database: a pool that was not ended, a transaction that was not
 * finished. A connection that is just closing has two seconds to go.
 *
 * @param url - Of the database; as a superuser (`adminUrl`) to see the statements of every role.
 * @throws SUB_CONNECTIONS_LEAKED, which names them
 */
export async function checkConnections(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const deadline = performance.now() + 2_000
    let open = await openConnections(client)
    while (open.length > 0 && performance.now() < deadline) {
      await sleep(10)
      open = await openConnections(client)
    }
    if (open.length > 0) throw connectionsLeaked({ connections: open })
  })
}

/** Everybody else on the database of this connection. */
export async function openConnections(client: Client): Promise<OpenConnection[]> {
  const { rows } = await client.query<OpenConnection>(
    `SELECT pid, usename AS role, application_name AS application, coalesce(state, 'unknown') AS state, query
       FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      ORDER BY backend_start`,
  )
  return rows
}
