import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { answerBrokenRequest, handleErrors, sendError } from './http/error-handler.ts'
import { validatorCompiler } from './http/validation.ts'
import { analyticsRoutes } from './routes/analytics.ts'
import { bulkUserRoutes } from './routes/bulk-users.ts'
import { healthRoutes } from './routes/health.ts'
import { orderRoutes } from './routes/orders.ts'
import { postRoutes } from './routes/posts.ts'
import { statisticsRoutes } from './routes/statistics.ts'
import { userRoutes } from './routes/users.ts'
import { BulkOperationService } from './services/bulk-operation-service.ts'
import type { ShopClient } from './services/database-client-factory.ts'
import { DatabaseHealthService } from './services/database-health-service.ts'
import { OptimizedQueryService } from './services/optimized-query-service.ts'
import { OrderService } from './services/order-service.ts'
import { PostService } from './services/post-service.ts'
import { UserService } from './services/user-service.ts'

const LARGEST_BODY = 256 * 1024

export interface AppOptions {
  /** Stays the caller's: closing the app leaves it open. */
  prisma: ShopClient
  logger?: FastifyServerOptions['logger']
}

/** The shop's HTTP API, ready to `listen` or `inject`; its documentation is served at `/docs`. */
export async function buildApp({ prisma, logger = false }: AppOptions): Promise<FastifyInstance> {
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
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })

  // Who opens the bare address wants to know what is there.
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'))

  const users = new UserService(prisma)
  const queries = new OptimizedQueryService(prisma)
  await app.register(userRoutes(users))
  await app.register(postRoutes(users, new PostService(prisma), queries))
  await app.register(analyticsRoutes(queries))
  await app.register(orderRoutes(new OrderService(prisma)))
  const bulk = new BulkOperationService(prisma)
  await app.register(bulkUserRoutes(bulk))
  await app.register(statisticsRoutes(bulk))
  await app.register(healthRoutes(new DatabaseHealthService(prisma)))
  return app
}
