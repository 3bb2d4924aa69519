import { buildApp } from '../app.ts'
import { DatabaseClientFactory, DatabaseConfigFactory } from '../services/index.ts'
import { listen } from './listen.ts'

/** The shop's API on 127.0.0.1, until it is disposed of: requests under way are answered first. */
export async function serve(options: {
  url: string
  port: number
}): Promise<AsyncDisposable & { url: string; port: number }> {
  const prisma = DatabaseClientFactory.create(DatabaseConfigFactory.create('production', { DATABASE_URL: options.url }))
  const app = await buildApp({ prisma, logger: { level: 'warn', stream: process.stderr } })
  const close = async () => {
    await app.close()
    await prisma.$disconnect()
  }
  try {
    return { ...(await listen(app, options.port)), [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
