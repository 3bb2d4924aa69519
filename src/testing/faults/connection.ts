import type { Socket } from 'node:net'
import { createChannel } from './channel.ts'
import type { Direction } from './fault.ts'
import { type Message, splitBackend, splitFrontend } from './messages.ts'

/** A client and its own connection to the server. */
export interface Connection {
  /** Lets nothing more pass in one direction until the returned function is called. */
  stall(direction: Direction): () => void
  /**
   * Ends both sides once what was let through has been sent; nothing that arrives from now on passes. The server gets an
   * orderly end in any case, so that it reads all of it.
   */
  end(how: 'cut' | 'reset'): Promise<void>
  destroy(): void
}

/** What a connection asks of its proxy. */
export interface Observer {
  /** In milliseconds. */
  latency(): number
  /** Called before a message is sent on; what it returns is called after that. */
  onMessage(connection: Connection, direction: Direction, message: Message): (() => void) | undefined
  onClose(connection: Connection): void
}

/** The answer to a client that asks for encryption: the proxy has to read what passes. */
const NO_ENCRYPTION = Buffer.from('N')

export function createConnection(client: Socket, server: Socket, observer: Observer): Connection {
  const channels = { toServer: createChannel(client, server), toClient: createChannel(server, client) }
  const splitters = { toServer: splitFrontend(), toClient: splitBackend() }
  let ended = false

  const connection: Connection = {
    stall: (direction) => channels[direction].stall(),
    async end(how) {
      ended = true
      channels.toServer.finish(() => server.end())
      await new Promise<void>((resolve) => {
        if (client.destroyed) return resolve()
        client.once('close', () => resolve())
        channels.toClient.finish(() => {
          if (how === 'reset') client.resetAndDestroy()
          else client.end(() => client.destroy())
        })
      })
    },
    destroy() {
      client.destroy()
      server.destroy()
    },
  }

  function relay(direction: Direction, message: Message): void {
    if (ended) return
    if (message.name === 'SSLRequest' || message.name === 'GSSENCRequest') {
      channels.toClient.send(NO_ENCRYPTION, observer.latency())
      return
    }
    const after = observer.onMessage(connection, direction, message)
    if (ended) return
    channels[direction].send(message.bytes, observer.latency())
    after?.()
  }

  client.on('data', (chunk: Buffer) => {
    for (const message of splitters.toServer(chunk)) relay('toServer', message)
  })
  server.on('data', (chunk: Buffer) => {
    for (const message of splitters.toClient(chunk)) relay('toClient', message)
  })
  client.on('end', () => channels.toServer.afterAll(() => server.end()))
  server.on('end', () => channels.toClient.afterAll(() => client.end()))
  client.on('error', () => server.destroy())
  server.on('error', () => client.destroy())
  client.on('close', () => {
    server.end()
    observer.onClose(connection)
  })
  return connection
}
