import { buildApp } from '../app.ts'
import { DatabaseClientFactory, DatabaseConfigFactory } from '../services/index.ts'
import { listen } from './listen.ts'

/** How long requests under way may take when the shop stops (milliseconds). */
const DRAIN = 5_000

/** The shop's API on 127.0.0.1, until it is disposed of: requests under way are answered first. */
export async function serve(options: {
  url: string
  port: number
  tokenKey: Uint8Array
}): Promise<AsyncDisposable & { url: string; port: number }> {
  const config = DatabaseConfigFactory.create('production', { DATABASE_URL: options.url })
  const prisma = await DatabaseClientFactory.create(config)
  const app = await buildApp({ prisma, tokenKey: options.tokenKey, logger: { level: 'warn', stream: process.stderr } })
  const close = async () => {
    const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN)
    await app.close()
    clearTimeout(cut)
    await prisma.$close()
  }
  try {
    return { ...(await listen(app, options.port)), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
