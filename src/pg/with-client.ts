import { Client, type ClientConfig } from 'pg'

/** Runs `work` on a connection of its own and closes it, whatever happens. */
export async function withClient<Result>(
  target: string | ClientConfig,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const config = typeof target === 'string' ? { connectionString: target } : target
  const client = new Client({ application_name: 'substrata', ...config })
  // Without a listener a connection lost between two statements ends the process; the next statement reports it anyway.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
