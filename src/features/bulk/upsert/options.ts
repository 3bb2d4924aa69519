/** An upsert as its caller describes it. */
import type { Caller } from '../../../client/feature.ts'
import { isPlainObject } from '../../../query/call.ts'
import type { Column, Strategy, Table } from '../../../query/index.ts'
import { strategyOf } from '../arguments.ts'
import { bulkArgument } from '../errors.ts'
import { covered } from '../rows/groups.ts'
import { type Key, keyOf } from '../rows/key.ts'
import { returnedColumns } from '../rows/outcome.ts'
import { insertedSql } from './partition.ts'
import { changesOf } from './update-list.ts'

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

/** @throws SUB_BULK_ARGUMENT, SUB_BULK_KEY, SUB_BULK_UNSUPPORTED, SUB_BULK_PARTITIONED */
export async function upsertOf(
  caller: Caller,
  operation: string,
  args: Readonly<Record<string, unknown>>,
  tells: boolean,
): Promise<Upsert> {
  const table = covered(operation, () => caller.compiler.catalog.writtenTable(caller.model.name))
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
