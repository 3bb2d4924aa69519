import type { RequestHandler } from 'express'
import { type ShopServices, servicesOf } from '../services/index.ts'
import type { Access } from './access.ts'
import { type Caller, isSafe, type Recognize } from './callers.ts'

/** What {@link runAs} leaves for the handlers after it. */
export interface CallerLocals {
  caller: Caller
  services: ShopServices
}

/** The shop's middleware for Express: `app.get('/orders', runAs(recognize, 'member'), handler)`. */
export function runAs(
  recognize: Recognize,
  access: Access,
): RequestHandler<object, unknown, unknown, object, CallerLocals> {
  return async (request, response, next) => {
    const caller = await recognize(request.headers.authorization, access)
    if (!isSafe(request.method)) await caller.spendToken()
    Object.assign(response.locals, { caller, services: servicesOf(caller.db) })
    next()
  }
}
