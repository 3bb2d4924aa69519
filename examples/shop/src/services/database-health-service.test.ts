import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { openUnanswered, useShop } from '../../test/use-shop.ts'
import { DatabaseHealthService } from './database-health-service.ts'

const shop = useShop()
const limits = { maxConnections: 2 }

it('counts the connections of this database only', async () => {
  const other = await openUnanswered({ ...limits, url: new URL('/postgres', shop.database.adminUrl).href })
  try {
    await other.$as({}).$queryRaw`SELECT 1`
    const health = await new DatabaseHealthService(shop.prisma).checkHealth()
    // One that the start asked its questions on, one for this.
    expect(health).toMatchObject({ status: 'healthy', activeConnections: 2 })
  } finally {
    await other.$disconnect()
  }
})

it('is unhealthy, in time and with one connection, while the database hangs', async () => {
  const sockets = new Set<Socket>()
  const deaf = createServer((socket) => sockets.add(socket))
  deaf.listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  const { port } = deaf.address() as AddressInfo
  const prisma = await openUnanswered({ ...limits, url: `postgresql://a:b@127.0.0.1:${port}/shop` })
  try {
    const health = new DatabaseHealthService(prisma.$unprotected('health'), 50)
    const answers = [await health.checkHealth(), await health.checkHealth(), await health.checkHealth()]
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 'unhealthy', error: 'The database did not answer within 50 ms.' })
    expect(sockets.size).toBe(1)
    expect(health.checkLiveness()).toMatchObject({ status: 'alive' })
  } finally {
    for (const socket of sockets) socket.destroy()
    deaf.close()
    await prisma.$disconnect()
  }
})

it('is unhealthy where nothing listens, and names neither host nor user', async () => {
  const prisma = await openUnanswered({ ...limits, url: 'postgresql://user:secret@127.0.0.1:1/shop' })
  const answer = await new DatabaseHealthService(prisma.$unprotected('health')).checkHealth()
  expect(answer).toMatchObject({ status: 'unhealthy', error: 'The database cannot be reached.' })
  await prisma.$disconnect()
})
