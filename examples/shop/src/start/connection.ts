import { Client } from 'pg'
import { reasonOf, StartError } from './errors.ts'

/** Milliseconds. */
const TIMEOUT = 10_000

/**
 * Does some work on a connection of its own.
 *
 * @throws StartError when the database lets nobody in; it names the place, never the password.
 */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: TIMEOUT,
    application_name: 'shop start',
  })
  // What fails because of a lost connection says so itself; without a listener it would also end the process.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (cause) {
    throw new StartError(`There is no way into ${placeOf(url)}: ${reasonOf(cause)}`, { cause })
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Who, where and which database, without the password. */
export function placeOf(url: string): string {
  const { username, hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || 5432}${pathname} as ${decodeURIComponent(username) || 'the default user'}`
}
