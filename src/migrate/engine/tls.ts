import { connect } from 'node:net'

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest, length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/**
 * Asks a PostgreSQL server whether it takes TLS, without logging in. A server that cannot be reached counts as "no": the
 * login that follows reports why.
 */
export function offersTls(host: string, port: number, timeoutMilliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const answer = (offered: boolean) => {
      socket.destroy()
      resolve(offered)
    }
    if (timeoutMilliseconds > 0) socket.setTimeout(timeoutMilliseconds, () => answer(false))
    socket.once('connect', () => socket.write(SSL_REQUEST))
    socket.once('data', (data) => answer(data[0] === 'S'.charCodeAt(0)))
    socket.once('error', () => answer(false))
    socket.once('close', () => answer(false))
  })
}
