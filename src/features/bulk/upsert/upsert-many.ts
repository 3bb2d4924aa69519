/** `upsertMany`: rows that are there are updated, the others inserted, by one unique key. */
import type { ModelMethod } from '../../../client/feature.ts'
import { argumentsOf, choiceOf, dataOf } from '../arguments.ts'
import { bulkArgument } from '../errors.ts'
import type { OnDuplicate } from '../rows/key.ts'
import type { RowOutcome, UpsertOutcome } from '../rows/outcome.ts'
import { retryConflicts } from '../run/conflict-retry.ts'
import { type Upsert, upsertOf } from './options.ts'
import { runUpsert } from './run.ts'

const known = ['data', 'conflict', 'update', 'where', 'outcome', 'returning', 'onDuplicate', 'strategy']

export const upsertMany: ModelMethod = {
  kind: 'write',
  async run(caller, given) {
    const operation = `${caller.model.name}.upsertMany`
    const args = argumentsOf(operation, given, known, caller.compiler.catalog.runtime)
    const data = dataOf(operation, args.data)
    const onDuplicate = choiceOf(operation, 'onDuplicate', args.onDuplicate, ['error', 'first', 'last']) ?? 'error'
    const outcome = choiceOf(operation, 'outcome', args.outcome, ['count', 'rows']) ?? 'count'
    const upsert = await upsertOf(caller, operation, args, outcome === 'rows')
    refuseUnclear(upsert, onDuplicate)
    const rows = outcome === 'rows' ? data.map((): RowOutcome<UpsertOutcome> => ({ outcome: 'duplicate' })) : undefined
    const tell = () => runUpsert(upsert, data, onDuplicate, rows)
    const counts = await (caller.within ? tell() : retryConflicts(tell))
    return rows ? { ...counts, rows } : counts
  },
}

/** Which rows of a partial key are duplicates of each other only the database can tell. */
function refuseUnclear({ operation, key }: Upsert, onDuplicate: OnDuplicate): void {
  if (key.unique.where !== undefined && onDuplicate !== 'error')
    throw bulkArgument({
      operation,
      argument: 'onDuplicate',
      fault: "takes only 'error' where the key is a partial one",
    })
}
