/** `upsertMany`: rows that are there are updated, the others inserted, by one unique key. */
import type { Caller, ModelMethod } from '../../client/feature.ts'
import { isPlainObject } from '../../query/call.ts'
import type { Column, Table } from '../../query/index.ts'
import { retryConflicts } from './conflict-retry.ts'
import { bulkArgument } from './errors.ts'
import { type Key, keyOf, type OnDuplicate } from './key.ts'
import { argumentsOf, choiceOf, dataOf, strategyOf } from './options.ts'
import { type RowOutcome, returnedColumns, type UpsertOutcome } from './outcome.ts'
import { insertedSql } from './partition.ts'
import { covered } from './rows.ts'
import { runUpsert } from './run-upsert.ts'
import type { Strategy } from './source.ts'
import { changesOf } from './update-list.ts'

const known = ['data', 'conflict', 'update', 'where', 'outcome', 'returning', 'onDuplicate', 'strategy']

/** An upsert as the caller described it, checked. */
export interface Upsert {
  readonly operation: string
  readonly caller: Caller
  readonly table: Table
  readonly key: Key
  readonly update: unknown
  readonly where: Readonly<Record<string, unknown>> | undefined
  readonly strategy: Strategy | undefined
  /** SQL that tells an inserted row from an updated one, where that is asked. */
  readonly inserted: string | undefined
  readonly returned: readonly Column[] | undefined
}

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

/** @throws SUB_BULK_ARGUMENT, SUB_BULK_KEY, SUB_BULK_UNSUPPORTED, SUB_BULK_PARTITIONED */
export async function upsertOf(
  caller: Caller,
  operation: string,
  args: Readonly<Record<string, unknown>>,
  tells: boolean,
): Promise<Upsert> {
  const table = covered(operation, () => caller.compiler.catalog.table(caller.model.name))
  const key = keyOf(operation, 'conflict', table, args.conflict)
  const { where, update } = args
  if (where !== undefined && !isPlainObject(where))
    throw bulkArgument({ operation, argument: 'where', fault: "takes an object, as Prisma's own calls do" })
  const returned = returnedColumns(operation, table, args.returning)
  if (returned && !tells) throw bulkArgument({ operation, argument: 'returning', fault: "needs outcome: 'rows'" })
  const strategy = strategyOf(operation, args.strategy)
  // Whatever the rows give, a rule that is none is told.
  changesOf(operation, table, key, update, [...table.columns.keys()])
  const inserted = tells ? await insertedSql(caller, operation, table) : undefined
  return { operation, caller, table, key, update, where, strategy, inserted, returned }
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
