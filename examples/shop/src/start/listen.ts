import type { FastifyInstance } from 'fastify'
import { StartError } from './errors.ts'

/** How many ports are tried after the wanted one. */
const TRIES = 20

/** Listens on 127.0.0.1, on the wanted port or the next that is free. */
export async function listen(app: FastifyInstance, wanted: number): Promise<{ url: string; port: number }> {
  const last = wanted === 0 ? 0 : Math.min(wanted + TRIES, 65_535)
  for (let port = wanted; port <= last; port++) {
    try {
      await app.listen({ host: '127.0.0.1', port })
      const address = app.server.address()
      const actual = typeof address === 'object' && address !== null ? address.port : port
      return { url: `http://127.0.0.1:${actual}`, port: actual }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES')
        throw new StartError(`Port ${port} needs rights that this user lacks. Choose one with --port.`)
      if (code !== 'EADDRINUSE') throw error
    }
  }
  throw new StartError(`The ports from ${wanted} to ${last} are all taken. Choose another with --port.`)
}
