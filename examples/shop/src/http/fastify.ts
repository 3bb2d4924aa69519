import type { FastifyInstance, RouteOptions } from 'fastify'
import { type ShopServices, servicesOf } from '../services/index.ts'
import { type Access, access } from './access.ts'
import { type Caller, isSafe, type Recognize } from './callers.ts'
import { documentAccess } from './documentation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
    /** On the database as the caller. */
    services: ShopServices
  }
}

/**
 * Runs every route of `app` as {@link access} says.
 *
 * @throws TypeError at start for a route about which it says nothing
 */
export function runAsCallers(app: FastifyInstance, recognize: Recognize): void {
  app.decorateRequest('caller')
  app.decorateRequest('services')
  app.addHook('onRoute', (route) => {
    documentAccess(route, accessTo(route.method, route.url))
  })
  app.addHook('onRequest', async (request) => {
    const { method, url = '' } = request.routeOptions
    request.caller = await recognize(request.headers.authorization, accessTo(method, url))
    request.services = servicesOf(request.caller.db)
  })
  // After validation: a request that could not have written leaves its token good.
  app.addHook('preHandler', async ({ method, caller }) => {
    if (!isSafe(method)) await caller.spendToken()
  })
}

function accessTo(methods: RouteOptions['method'] | undefined, url: string): Access {
  const method = [methods].flat().find((each) => each !== 'HEAD') ?? 'GET'
  const found = access[`${method} ${url}`]
  if (found === undefined) throw new TypeError(`src/http/access.ts does not say as whom ${method} ${url} runs`)
  return found
}
