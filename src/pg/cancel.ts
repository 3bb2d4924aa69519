import { Connection, type ConnectionConfig } from 'pg'

interface CancelWire {
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
  on(event: 'connect' | 'sslconnect' | 'end' | 'error', listener: () => void): void
  readonly stream: { destroy(): void }
}

/** What a CancelRequest needs: the address, TLS as for the connection itself, and the key that the server gave out. */
export interface CancelTarget {
  readonly host: string
  readonly port: number
  readonly ssl: unknown
  readonly direct: boolean
  readonly processId: number
  readonly secretKey: number
}

/**
 * Asks the server to stop what the connection runs, and waits until it has taken note. Best effort: it says nothing of
 * whether the statement was stopped, and it may come too late, so the connection must not serve another afterwards.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function requestCancel(target: CancelTarget, patience: number): Promise<void> {
  const options = { ssl: target.ssl, sslNegotiation: target.direct ? 'direct' : 'postgres' }
  const wire = new Connection(options as ConnectionConfig) as unknown as CancelWire
  return new Promise((resolve) => {
    const timer = setTimeout(() => wire.stream.destroy(), patience)
    const send = () => wire.cancel(target.processId, target.secretKey)
    wire.on('connect', () => {
      if (target.ssl === false) send()
      else if (!target.direct) wire.requestSsl()
    })
    wire.on('sslconnect', send)
    wire.on('error', () => wire.stream.destroy())
    wire.on('end', () => {
      clearTimeout(timer)
      resolve()
    })
    if (target.host.startsWith('/')) wire.connect(`${target.host}/.s.PGSQL.${target.port}`)
    else wire.connect(target.port, target.host)
  })
}
