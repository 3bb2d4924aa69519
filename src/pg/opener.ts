import { Client } from 'pg'
import type { PoolConfig } from '../core/config.ts'
import type { ConnectionConfig } from '../core/connection-url.ts'
import type { Events } from '../core/events.ts'
import { runStatement } from './call.ts'
import { requestCancel } from './cancel.ts'
import { clientOptions, pinnedSettings } from './client-options.ts'
import { Connection } from './connection.ts'
import { connectFailed, isDatabaseError } from './errors.ts'

export interface OpenerOptions {
  readonly node: string
  readonly connection: ConnectionConfig
  readonly pool: PoolConfig
  readonly events: Events
  /** Begin sessions in no context, whatever the database or the role have set. */
  readonly withoutContext?: boolean
}

/** Opens connections to one node. */
export interface Opener {
  /** @throws SUB_CONNECT_FAILED with the reason as its cause. */
  open(kind: 'lane' | 'dedicated'): Promise<Connection>
  /** Asks the server to stop what runs on the connection. Resolves when the server has taken note, or cannot. */
  cancel(connection: Connection): Promise<void>
}

/** Milliseconds that a cancel request may take. */
const cancelPatience = 1_000

let lastId = 0

/**
 * What a pooler does to a connection is found out by trying: PgBouncer refuses startup options that it does not know,
 * and hands out keys of its own, so that the backend's process id is another than the one in the key.
 */
export function createOpener({
  node,
  connection: config,
  pool,
  events,
  withoutContext = false,
}: OpenerOptions): Opener {
  let startupOptions = true

  async function open(): Promise<Connection> {
    const asked = startupOptions
    const options = clientOptions(config, pool, { options: asked, withoutContext })
    const client = new Client(options)
    client.on('error', () => {})
    try {
      await client.connect()
    } catch (error) {
      // pg leaves the socket open where it was pg that gave up, over a password exchange or a certificate.
      client.connection.stream.destroy()
      if (!asked || !refusesOptions(error)) throw error
      startupOptions = false
      return open()
    }
    return new Connection(++lastId, node, client)
  }

  async function prepare(connection: Connection): Promise<Connection> {
    const expire = () => connection.destroy(new Error('no answer to the first statement'))
    const timer = setTimeout(expire, pool.connectTimeout)
    try {
      await inquire(connection)
      return connection
    } catch (error) {
      connection.destroy(error instanceof Error ? error : new Error(String(error)))
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async function inquire(connection: Connection): Promise<void> {
    connection.pooled = !startupOptions || (await backendOf(connection)) !== keyOf(connection.client).processID
    connection.contextual = connection.pooled
    if (!startupOptions)
      for (const [name, value] of pinnedSettings) await runStatement(connection, `SET ${name} = ${value}`)
    connection.named = pool.namedStatements === 'auto' ? !connection.pooled : pool.namedStatements
  }

  return {
    async open(kind) {
      try {
        const connection = await prepare(await open())
        if (events.listened('connection'))
          events.emit('connection', { node, connection: connection.id, kind, change: 'opened', reason: '' })
        return connection
      } catch (cause) {
        if (events.listened('connection'))
          events.emit('connection', { node, connection: 0, kind, change: 'refused', reason: reasonOf(cause) })
        throw connectFailed({ node, outcome: 'never sent' }, { cause })
      }
    },
    cancel({ client }) {
      const { processID, secretKey } = keyOf(client)
      const { host, port } = config
      const { ssl, sslnegotiation } = clientOptions(config, pool, { options: false })
      return requestCancel(
        { host, port, ssl, direct: sslnegotiation === 'direct', processId: processID, secretKey },
        Math.min(pool.connectTimeout, cancelPatience),
      )
    },
  }
}

function refusesOptions(error: unknown): boolean {
  return isDatabaseError(error, '08P01') && /unsupported startup parameter/i.test(error.message)
}

function keyOf(client: Client): { readonly processID: number; readonly secretKey: number } {
  return client as unknown as { readonly processID: number; readonly secretKey: number }
}

async function backendOf(connection: Connection): Promise<number> {
  const { rows } = await runStatement(connection, 'SELECT pg_backend_pid()')
  return Number(rows[0]?.[0])
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'failed'
}
