import { contextNames } from '../core/context.ts'
import type { Events, StatementEvent } from '../core/events.ts'
import type { Operation } from '../core/operation.ts'
import type { Result, Statement } from './statement.ts'

export interface StatementReport {
  readonly node: string
  readonly operation: Operation
  readonly statement: Statement
  readonly via: StatementEvent['via']
  readonly queue: number
  readonly database: number
  readonly result: Result | undefined
  readonly error: unknown
  readonly showValues: boolean
}

/** Ask `events.listened('statement')` first. */
export function reportStatement(events: Events, report: StatementReport): void {
  const { operation, statement, result, error } = report
  events.emit('statement', {
    operationId: operation.id,
    model: operation.model,
    operation: operation.name,
    kind: operation.kind,
    node: report.node,
    context: contextNames(operation.context),
    traceId: operation.traceId,
    text: statement.text,
    values: report.showValues ? statement.values : undefined,
    via: report.via,
    queue: report.queue,
    database: report.database,
    rows: result === undefined ? undefined : (result.count ?? result.rows.length),
    code: codeOf(error),
  })
}

function codeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
