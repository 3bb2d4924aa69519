import { expect, it } from 'vitest'
import { asAdmin, openShop, useShop } from '../../test/use-shop.ts'
import { DatabaseClientFactory, type ShopClient } from './database-client-factory.ts'
import { DatabaseConfigFactory } from './database-config-factory.ts'

const shop = useShop()

function setting(prisma: ShopClient, name: string): Promise<{ setting: string }[]> {
  return prisma.$as({}).$queryRaw`SELECT current_setting(${name}) AS setting`
}

it('opens as many connections as configured, and no more', async () => {
  await using prisma = await openShop({ url: shop.database.url, maxConnections: 3 })
  const pids = await Promise.all(
    Array.from(
      { length: 20 },
      () => prisma.$as({}).$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid FROM pg_sleep(0.01)`,
    ),
  )
  expect(new Set(pids.map(([row]) => row?.pid)).size).toBe(3)
})

it('has the server stop a query that takes too long', async () => {
  await using prisma = await openShop({ url: shop.database.url, queryTimeout: 100 })
  expect(await setting(prisma, 'statement_timeout')).toEqual([{ setting: '100ms' }])
  await expect(prisma.$as({}).$queryRaw`SELECT pg_sleep(30)`).rejects.toMatchObject({ code: 'SUB_TIMEOUT' })
})

it('pins UTC beside the options that the URL brings', async () => {
  const url = new URL(shop.database.url)
  url.searchParams.set('options', '-c work_mem=7MB -c TimeZone=Asia/Tokyo')
  await using prisma = await openShop({ url: url.href })
  expect(await setting(prisma, 'TimeZone')).toEqual([{ setting: 'UTC' }])
  expect(await setting(prisma, 'work_mem')).toEqual([{ setting: '7MB' }])
})

it('logs slow statements, and all of them where the environment says so, without values', async () => {
  for (const logging of [true, false]) {
    const lines: [string, string, object][] = []
    const logger = {
      debug: (fields: object, message: string) => lines.push(['debug', message, fields]),
      warn: (fields: object, message: string) => lines.push(['warn', message, fields]),
    }
    const limits = { url: shop.database.url, slowQuery: 1_000, logging }
    await using prisma = await DatabaseClientFactory.create(DatabaseConfigFactory.create('test', {}, limits), logger)
    // What the start asked is of no account here.
    lines.length = 0
    await asAdmin(prisma).user.findMany({ where: { email: 'secret@example.com' } })
    await asAdmin(prisma).$queryRaw`SELECT ${'secret'}::text AS t FROM pg_sleep(1.1)`
    expect(lines.filter(([level]) => level === 'warn')).toEqual([
      ['warn', 'slow statement', expect.objectContaining({ operation: '$queryRaw', node: 'primary', rows: 1 })],
    ])
    expect(lines.filter(([level]) => level === 'debug').map(([, message]) => message)).toEqual(
      logging ? ['statement'] : [],
    )
    expect(JSON.stringify(lines)).not.toContain('secret')
  }
})
