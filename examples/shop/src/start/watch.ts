import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** How long a server may take to come back after it has lost all its connections (milliseconds). */
const RECOVERY = 30_000

/**
 * Watches a server through an idle connection. A crash of one of its backends ends every connection, but the server recovers; it is
 * lost when nothing listens any more, or when it has not come back in time.
 */
export function watchServer(url: string): { lost: Promise<string>; end(): Promise<void> } {
  const ended = new AbortController()
  let current: Client | undefined

  async function watch(): Promise<string> {
    while (!ended.signal.aborted) {
      const client = await reach(url, ended.signal)
      if (client === undefined) break
      current = client
      await new Promise((resolve) => client.once('end', resolve))
    }
    return ended.signal.aborted ? new Promise(() => {}) : 'PostgreSQL has ended and did not come back.'
  }

  return {
    lost: watch(),
    async end() {
      ended.abort()
      await current?.end()
    },
  }
}

async function reach(url: string, signal: AbortSignal): Promise<Client | undefined> {
  const deadline = performance.now() + RECOVERY
  while (!signal.aborted && performance.now() < deadline) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: 'shop watch' })
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      // The server's socket is there as long as the server is, also while it recovers.
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return undefined
    }
    await sleep(200, undefined, { signal }).catch(() => {})
  }
  return undefined
}
