/** `inBatches`: the rows of a model batch by batch, each from where the last one ended in the order of a key. */
import type { Caller, ModelMethod } from '../../../client/feature.ts'
import { isPlainObject } from '../../../query/call.ts'
import { type Column, columnType } from '../../../query/index.ts'
import { argumentsOf, choiceOf } from '../arguments.ts'
import { bulkArgument, bulkKey, bulkUnsupported } from '../errors.ts'
import { covered } from '../rows/groups.ts'
import { keyOf } from '../rows/key.ts'
import { readColumns, returnedColumns } from '../rows/outcome.ts'
import { parametersAfter } from '../rows/parameters.ts'
import { EXISTING, existing, readable } from '../rows/row-sql.ts'

const known = ['where', 'size', 'by', 'order', 'select']

/** Rows of a batch. */
const SIZE = 1_000

type Rows = readonly Record<string, unknown>[]

interface Walk {
  readonly operation: string
  readonly table: ReturnType<Caller['compiler']['catalog']['table']>
  readonly key: readonly Column[]
  readonly columns: readonly Column[]
  readonly where: Readonly<Record<string, unknown>>
  readonly size: number
  readonly order: 'asc' | 'desc'
}

export const inBatches: ModelMethod = {
  kind: 'read',
  iterates: true,
  async run(caller, given = {}) {
    const operation = `${caller.model.name}.inBatches`
    return batches(caller, walkOf(caller, operation, given))
  },
}

function walkOf({ compiler: { catalog }, model }: Caller, operation: string, given: unknown): Walk {
  const args = argumentsOf(operation, given, known, catalog.runtime)
  const table = covered(operation, () => catalog.writtenTable(model.name))
  const { where = {}, size = SIZE, by = table.key } = args
  if (!isPlainObject(where)) throw bulkArgument({ operation, argument: 'where', fault: 'takes an object' })
  if (!Number.isInteger(size) || (size as number) < 1)
    throw bulkArgument({ operation, argument: 'size', fault: 'takes a number of rows' })
  if (table.key.length === 0) throw bulkUnsupported({ operation, reason: 'its having no key' })
  const key = keyOf(operation, 'by', table, by)
  // Past a null, and past the rows outside a partial key, no comparison leads.
  if (key.unique.where !== undefined || key.columns.some(({ field }) => field.nullable))
    throw bulkKey({ operation, given: key.unique.fields, keys: [table.key] })
  return {
    operation,
    table,
    key: key.columns,
    columns: returnedColumns(operation, table, args.select ?? true) ?? [],
    where,
    size: size as number,
    order: choiceOf(operation, 'order', args.order, ['asc', 'desc']) ?? 'asc',
  }
}

/** Every batch is an operation of its own: a deadline counts for each. */
async function* batches(caller: Caller, walk: Walk): AsyncGenerator<Rows> {
  const { columns, key, size } = walk
  let last: (string | null)[] | undefined
  for (;;) {
    const current = caller.next()
    const { rows } = await current.execute(batchStatement(current, walk, last))
    if (rows.length > 0) yield rows.map((wire) => readColumns(columns, wire, key.length))
    if (rows.length < size) return
    // As PostgreSQL wrote it: a date of JavaScript's would have lost its microseconds.
    last = rows.at(-1)!.slice(0, key.length)
  }
}

function batchStatement(
  { where: compiler, compiler: { catalog } }: Caller,
  walk: Walk,
  last: (string | null)[] | undefined,
) {
  const { operation, table, key, columns, where, size, order } = walk
  const fragment = covered(operation, () => compiler.compileWhere(table.name, where, { alias: EXISTING }))
  const { values, add } = parametersAfter(fragment.values)
  const names = key.map(existing)
  const sign = order === 'asc' ? '>' : '<'
  const bounds = last?.map((text, i) => `${add(text)}::${columnType(key[i]!.field, catalog)}`)
  const after = bounds === undefined ? '' : ` AND (${names.join(', ')}) ${sign} (${bounds.join(', ')})`
  const orderBy = names.map((name) => `${name} ${order}`).join(', ')
  const text = `SELECT ${[...names, ...columns.map((column) => readable(column, existing(column)))].join(', ')} FROM ${table.sql} AS ${EXISTING} WHERE (${fragment.sql})${after} ORDER BY ${orderBy} LIMIT ${add(String(size))}`
  return { text, values }
}
