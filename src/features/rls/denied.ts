import type { FailedStatement } from '../../client/feature.ts'
import { isDatabaseError } from '../../pg/index.ts'
import type { SchemaMeta } from '../../schema/index.ts'
import { policyDenied } from './errors.ts'

/**
 * A write that a policy's check refused, as an error that names model and command; anything else as it is. A missing GRANT has the
 * same SQLSTATE, and the message is in the server's language: the function that raised it tells them apart.
 */
export function explainDenied(schema: SchemaMeta, { error, model, operation, text }: FailedStatement): unknown {
  if (!isDatabaseError(error, '42501') || error.routine !== 'ExecWithCheckOptions') return error
  const quoted = [...error.message.matchAll(/"([^"]+)"/g)].map(([, name]) => name)
  const written = Object.values(schema.models).find(({ table }) => table === quoted.at(-1))?.name ?? model
  const command = /^\W*(insert|update|delete|merge)\b/i.exec(text)?.[1]?.toUpperCase() ?? commandOf(operation)
  const call = [model, operation].filter((each) => each !== undefined).join('.')
  return policyDenied({ model: written ?? quoted.at(-1) ?? 'a table', command, operation: call }, { cause: error })
}

/** For statements that begin with WITH. */
function commandOf(operation = ''): string {
  if (operation.startsWith('create')) return 'INSERT'
  return operation.startsWith('update') ? 'UPDATE' : 'write'
}
