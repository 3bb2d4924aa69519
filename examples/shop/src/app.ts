import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { createRecognizer } from './http/callers.ts'
import { securitySchemes } from './http/documentation.ts'
import { answerBrokenRequest, handleErrors, sendError } from './http/error-handler.ts'
import { runAsCallers } from './http/fastify.ts'
import { validatorCompiler } from './http/validation.ts'
import { analyticsRoutes } from './routes/analytics.ts'
import { bulkUserRoutes } from './routes/bulk-users.ts'
import { healthRoutes } from './routes/health.ts'
import { orderRoutes } from './routes/orders.ts'
import { postRoutes } from './routes/posts.ts'
import { statisticsRoutes } from './routes/statistics.ts'
import { userRoutes } from './routes/users.ts'
import type { ShopClient } from './services/database-client-factory.ts'
import { DatabaseHealthService } from './services/database-health-service.ts'

const LARGEST_BODY = 256 * 1024

export interface AppOptions {
  /** Stays the caller's: closing the app leaves it open. */
  prisma: ShopClient
  /** What the tokens of callers are signed with, 32 random bytes or more. */
  tokenKey: Uint8Array
  logger?: FastifyServerOptions['logger']
}

/** The shop's HTTP API, ready to `listen` or `inject`; its documentation is served at `/docs`. */
export async function buildApp({ prisma, tokenKey, logger = false }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger,
    bodyLimit: LARGEST_BODY,
    frameworkErrors: sendError,
    clientErrorHandler: answerBrokenRequest,
  })
  app.setValidatorCompiler(validatorCompiler)
  handleErrors(app)

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Shop', description: 'The reference application of Substrata', version: '1.0.0' },
      components: { securitySchemes },
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })

  // Who opens the bare address wants to know what is there.
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))

  await app.register(async (api) => {
    runAsCallers(api, createRecognizer(prisma, tokenKey))
    await api.register(userRoutes)
    await api.register(bulkUserRoutes)
    await api.register(postRoutes)
    await api.register(analyticsRoutes)
    await api.register(orderRoutes)
    await api.register(statisticsRoutes)
    await api.register(healthRoutes(new DatabaseHealthService(prisma.$unprotected('health'))))
  })
  return app
}
