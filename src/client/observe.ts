/** One event per call of the client, on whichever path. */
import { contextNames } from '../core/context.ts'
import type { Events, OperationEvent } from '../core/events.ts'
import type { Operation } from '../core/operation.ts'
import type { PathTaken } from './path-taken.ts'

/** How a call was made, beside what the operation knows. */
type Way = PathTaken & { readonly unprotected: string | undefined }

/** Passes an answer on and tells of it when it is there. */
export function observe(events: Events, operation: Operation, taken: Way, answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    (result) => {
      emit(events, operation, taken, { rows: rowsOf(result), error: undefined, code: undefined })
      return result
    },
    (error: unknown) => {
      emit(events, operation, taken, { rows: undefined, error, code: codeOf(error) })
      throw error
    },
  )
}

function emit(
  events: Events,
  operation: Operation,
  taken: Way,
  outcome: Pick<OperationEvent, 'rows' | 'error' | 'code'>,
): void {
  const { id, model, name, kind, node, traceId, timings, startedAt } = operation
  events.emit('operation', {
    id,
    model,
    operation: name,
    kind,
    node,
    context: contextNames(operation.context),
    traceId,
    duration: performance.now() - startedAt,
    timings,
    path: taken.path,
    reason: taken.path === 'prisma' ? taken.reason : undefined,
    unprotected: taken.unprotected,
    ...outcome,
  })
}

/** Rows read or written, where the result tells. */
function rowsOf(result: unknown): number | undefined {
  if (Array.isArray(result)) return result.length
  if (typeof result !== 'object') return undefined
  if (result === null) return 0
  return 'count' in result && typeof result.count === 'number' ? result.count : 1
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, meta } = error as {
    readonly code?: unknown
    readonly meta?: { readonly driverAdapterError?: { readonly cause?: { readonly originalCode?: string } } }
  }
  return meta?.driverAdapterError?.cause?.originalCode ?? (typeof code === 'string' ? code : undefined)
}
