import type { Context } from '../core/context.ts'
import { type Operation, startOperation } from '../core/operation.ts'
import type { ClientRequest } from './internals.ts'

/** What a client gives to each of its operations. */
export interface Circumstances {
  readonly context: Context | undefined
  /** Milliseconds that one operation may take. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly traceId?: string | undefined
}

/** The operations that only read. */
export const reads: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
])

/** The operations of one model that write. */
export const writes: ReadonlySet<string> = new Set([
  'create',
  'createMany',
  'createManyAndReturn',
  'update',
  'updateMany',
  'updateManyAndReturn',
  'upsert',
  'delete',
  'deleteMany',
])

/** The operation of one call, named as the caller wrote it. */
export function operationOf(
  { context, timeout, signal, traceId }: Circumstances,
  { model, action, clientMethod }: Pick<ClientRequest, 'model' | 'action' | 'clientMethod'>,
): Operation {
  if (model === undefined)
    return startOperation({ model, name: clientMethod, kind: 'unknown', context, timeout, signal, traceId })
  const kind = reads.has(action) ? 'read' : 'write'
  return startOperation({ model, name: action, kind, context, timeout, signal, traceId })
}
