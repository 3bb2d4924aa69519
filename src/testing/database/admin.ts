import { Pool, type PoolClient } from 'pg'

const pools = new Map<string, Pool>()

/**
 * Runs `work` on a superuser's connection. It is kept for the next test database, because connecting takes as long as
 * the rest; idle, it holds up neither the process nor the stopping of the server.
 */
export async function withAdmin<Result>(server: string, work: (admin: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await adminPool(server).connect()
  let failure: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    // A session in doubt may still hold the lock on a template.
    failure = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.release(failure)
  }
}

function adminPool(server: string): Pool {
  const known = pools.get(server)
  if (known) return known
  const pool = new Pool({
    connectionString: server,
    application_name: 'substrata/testing',
    max: 4,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
  })
  // The server may be stopped while a connection is idle.
  pool.on('error', () => {})
  pools.set(server, pool)
  return pool
}
