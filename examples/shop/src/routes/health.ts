import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ShopError } from '../errors.ts'
import type { DatabaseHealthService } from '../services/database-health-service.ts'
import { answers, Instant } from './schemas.ts'

const Alive = Type.Object({ status: Type.Literal('alive'), uptime: Type.Number({ description: 'Seconds' }) })

const Ready = Type.Object({
  status: Type.Literal('healthy'),
  responseTime: Type.Integer({ description: 'Milliseconds' }),
  activeConnections: Type.Integer({ description: 'Connections to this database, of everyone' }),
  timestamp: Instant,
})

export function healthRoutes(health: DatabaseHealthService): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/health/live',
      { schema: { tags: ['health'], summary: 'Whether the process runs', response: answers({ 200: Alive }) } },
      async () => health.checkLiveness(),
    )

    app.get(
      '/health/ready',
      {
        schema: { tags: ['health'], summary: 'Whether requests can be served', response: answers({ 200: Ready }, 503) },
      },
      async () => {
        const result = await health.checkHealth()
        if (result.status === 'unhealthy') throw new ShopError('UNAVAILABLE', result.error)
        return { ...result, timestamp: result.timestamp.toISOString() }
      },
    )
  }
}
