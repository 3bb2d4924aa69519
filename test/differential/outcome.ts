/** What a call came to, and whether two outcomes are the same. */
import { isDeepStrictEqual } from 'node:util'
import type { Call } from '../../src/query/call.ts'
import type { SchemaMeta } from '../../src/schema/model-meta.ts'
import { withoutOpenOrders } from './open-orders.ts'

export type Outcome = { readonly result: unknown } | { readonly error: Fault }

/** What a caller can tell one error from another by. */
interface Fault {
  readonly name: string
  readonly code: unknown
  readonly message: string
  readonly meta: unknown
}

export async function outcomeOf(promise: Promise<unknown>): Promise<Outcome> {
  try {
    return { result: await promise }
  } catch (error) {
    const { name, message, code, meta } = error as Error & { code?: unknown; meta?: unknown }
    return { error: { name, code, message, meta: plain(meta) } }
  }
}

/** True where a caller could not tell the outcomes apart, other than by an order that the call leaves open. */
export function sameOutcome(schema: SchemaMeta, call: Call, a: Outcome, b: Outcome): boolean {
  if ('error' in a || 'error' in b) return isDeepStrictEqual(a, b)
  if (isDeepStrictEqual(a.result, b.result)) return true
  return isDeepStrictEqual(withoutOpenOrders(schema, call, a.result), withoutOpenOrders(schema, call, b.result))
}

/** `meta` as data: the errors inside it are of other classes on another adapter. */
function plain(meta: unknown): unknown {
  return meta === undefined ? undefined : JSON.parse(JSON.stringify(meta))
}
