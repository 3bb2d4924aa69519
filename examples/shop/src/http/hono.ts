import { createMiddleware } from 'hono/factory'
import { type ShopServices, servicesOf } from '../services/index.ts'
import type { Access } from './access.ts'
import { type Caller, isSafe, type Recognize } from './callers.ts'

/** What {@link runAs} leaves for the handlers after it. */
export interface CallerVariables {
  caller: Caller
  services: ShopServices
}

/** The shop's middleware for Hono: `app.get('/orders', runAs(recognize, 'member'), handler)`. */
export function runAs(recognize: Recognize, access: Access) {
  return createMiddleware<{ Variables: CallerVariables }>(async (context, next) => {
    const caller = await recognize(context.req.header('authorization'), access)
    if (!isSafe(context.req.method)) await caller.spendToken()
    context.set('caller', caller)
    context.set('services', servicesOf(caller.db))
    await next()
  })
}
