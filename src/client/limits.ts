import { limitUnknown } from './errors.ts'
import type { QueryPath } from './ground.ts'

/** What `$with` sets for every operation of a client. */
export interface Limits {
  /** Milliseconds until an operation is answered with SUB_TIMEOUT and stopped on the server. */
  readonly timeout?: number
  /** Stops running operations on the server and refuses new ones when it fires. */
  readonly signal?: AbortSignal
  /** Of the request that the operations serve; their events and log lines carry it. */
  readonly traceId?: string
  /** `'prisma'` sends these operations through Prisma's runtime: `db.$with({ queryPath: 'prisma' }).post.findMany()`. */
  readonly queryPath?: QueryPath
}

const names: readonly string[] = ['timeout', 'signal', 'traceId', 'queryPath'] satisfies readonly (keyof Limits)[]

/**
 * Nothing but limits gets past: what a client is made of, its context first of all, stands beside them.
 *
 * @throws SUB_LIMIT_UNKNOWN
 */
export function limitsOf(given: Limits): Limits {
  const stranger = Object.keys(given).find((name) => !names.includes(name))
  if (stranger !== undefined) throw limitUnknown({ name: stranger, known: names })
  return given
}
