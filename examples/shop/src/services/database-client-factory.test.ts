import { expect, it } from 'vitest'
import type { PrismaClient } from '../../generated/prisma/client.ts'
import { useShop } from '../../test/use-shop.ts'
import { DatabaseClientFactory, poolConfig } from './database-client-factory.ts'
import type { DatabaseConfig } from './database-config-factory.ts'

const shop = useShop()

async function withClient(
  config: Partial<DatabaseConfig>,
  use: (prisma: PrismaClient) => Promise<void>,
): Promise<void> {
  const defaults = { url: shop.database.url, maxConnections: 3, queryTimeout: 30_000, enableLogging: false }
  const prisma = DatabaseClientFactory.create({ ...defaults, ...config })
  try {
    await use(prisma)
  } finally {
    await prisma.$disconnect()
  }
}

function setting(prisma: PrismaClient, name: string): Promise<{ setting: string }[]> {
  return prisma.$queryRaw`SELECT current_setting(${name}) AS setting`
}

it('opens as many connections as configured, and no more', async () => {
  await withClient({}, async (prisma) => {
    const pids = await Promise.all(
      Array.from(
        { length: 20 },
        () => prisma.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid FROM pg_sleep(0.01)`,
      ),
    )
    expect(new Set(pids.map(([row]) => row?.pid)).size).toBe(3)
  })
})

it('has the server cancel a query that takes too long', async () => {
  await withClient({ queryTimeout: 100 }, async (prisma) => {
    expect(await setting(prisma, 'statement_timeout')).toEqual([{ setting: '100ms' }])
    await expect(prisma.$queryRaw`SELECT pg_sleep(30)`).rejects.toMatchObject({
      meta: { driverAdapterError: { cause: { originalCode: '57014' } } },
    })
  })
})

it('pins UTC beside the options that the URL brings', async () => {
  const url = new URL(shop.database.url)
  url.searchParams.set('options', '-c work_mem=7MB -c TimeZone=Asia/Tokyo')
  await withClient({ url: url.href }, async (prisma) => {
    expect(await setting(prisma, 'TimeZone')).toEqual([{ setting: 'UTC' }])
    expect(await setting(prisma, 'work_mem')).toEqual([{ setting: '7MB' }])
  })
})

it('never waits for ever: for a connection, for the server, for the network', () => {
  const config = poolConfig({ url: shop.database.url, maxConnections: 3, queryTimeout: 30_000, enableLogging: false })
  expect(config).toMatchObject({
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    query_timeout: 31_000,
    max: 3,
  })
})
