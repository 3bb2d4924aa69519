import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { driverUnsupported } from './errors.ts'

/** The socket of an open `pg.Client`, with what it reads going elsewhere. */
export interface Wire {
  write(bytes: Uint8Array): void
  destroy(): void
  /** pg reads again. */
  release(): void
  retake(): void
}

/**
 * Takes the wire of an open, idle client. pg has done what it does best: TLS, the password exchange, the start. It
 * cannot pipeline units of several statements, tells an error before the transaction has ended, and crashes on a second
 * error in one answer; so from here on the messages are read elsewhere.
 *
 * @throws SUB_DRIVER_UNSUPPORTED where pg is built differently from what this leans on.
 */
export function takeWire(client: pg.Client, read: (chunk: Buffer) => void): Wire {
  const stream = streamOf(client)
  const listeners = stream.listeners('data')
  const reader = listeners[0]
  if (listeners.length !== 1 || typeof reader !== 'function') throw driverUnsupported({ missing: 'single reader' })
  const pgReads = (chunk: Buffer) => reader.call(stream, chunk)
  stream.removeAllListeners('data')
  stream.on('data', read)
  return {
    write: (bytes) => {
      stream.write(bytes)
    },
    destroy: () => {
      stream.destroy()
    },
    release() {
      stream.off('data', read)
      stream.on('data', pgReads)
    },
    retake() {
      stream.off('data', pgReads)
      stream.on('data', read)
    },
  }
}

function streamOf(client: pg.Client): Duplex {
  const { connection } = client as { readonly connection?: { readonly stream?: Duplex } }
  const stream = connection?.stream
  if (stream === undefined || typeof stream.write !== 'function') throw driverUnsupported({ missing: 'stream' })
  return stream
}
