/** `updateEach` and `deleteEach`: rows found by a key, other values for each, in one statement. */
import type { Caller, ModelMethod } from '../../../client/feature.ts'
import type { Result, Statement } from '../../../pg/statement.ts'
import { instant, updatedCells } from '../../../query/index.ts'
import { argumentsOf, choiceOf, dataOf, strategyOf } from '../arguments.ts'
import { bulkKey, bulkValue } from '../errors.ts'
import { type Cell, covered, type Group, givenCells, groupRows, textsOf } from '../rows/groups.ts'
import { inputOf } from '../rows/input.ts'
import { type Key, keyOf, orderByKey } from '../rows/key.ts'
import { type RowOutcome, readNumbers } from '../rows/outcome.ts'
import { retryConflicts } from '../run/conflict-retry.ts'
import { runSlices, type Slice, slicesOf } from '../run/portions.ts'
import { deleteEachSql, type EachParts, updateEachSql } from './sql.ts'

const known = ['data', 'by', 'outcome', 'strategy']

/** What the two methods do not share. */
interface Kind {
  readonly name: 'updateEach' | 'deleteEach'
  readonly done: 'updated' | 'deleted'
  /** Two rows of one key are the same deletion, but not the same update. */
  readonly onDuplicate: 'error' | 'first'
  readonly cells: (operation: string, caller: Caller, key: Key, group: Group) => readonly EachCell[]
  readonly sql: (parts: EachParts, cells: readonly EachCell[]) => string
}

interface EachCell extends Cell {
  /** How the column is set; absent for those of the key. */
  readonly set?: 'compared' | 'silent'
}

export const updateEach = methodOf({
  name: 'updateEach',
  done: 'updated',
  onDuplicate: 'error',
  cells: updateCells,
  sql: (parts, cells) =>
    updateEachSql(
      parts,
      cells.flatMap(({ column, set }) => (set ? { column, silent: set === 'silent' } : [])),
    ),
})

export const deleteEach = methodOf({
  name: 'deleteEach',
  done: 'deleted',
  onDuplicate: 'first',
  cells: (operation, { compiler, model }, key, group) => {
    const isKey = ({ column }: Cell) => key.columns.includes(column)
    return givenCells(operation, compiler.catalog.writtenTable(model.name), group).filter(isKey)
  },
  sql: deleteEachSql,
})

function updateCells(operation: string, { compiler, model }: Caller, key: Key, group: Group): EachCell[] {
  const table = compiler.catalog.writtenTable(model.name)
  const given = givenCells(operation, table, group)
  const isKey = ({ column }: Cell) => key.columns.includes(column)
  const field = key.unique.fields.join(', ')
  if (given.every(isKey))
    throw bulkValue({ operation, row: group.positions[0]!, field, fault: 'all that the row gives: nothing to update' })
  const made = covered(operation, () => updatedCells(table, group.fields))
  return [
    ...given.map((cell): EachCell => (isKey(cell) ? cell : { ...cell, set: 'compared' })),
    ...made.map(({ column, make }): EachCell => ({ column, makeOnce: make, set: 'silent' })),
  ]
}

function methodOf(kind: Kind): ModelMethod {
  return {
    kind: 'write',
    run(caller, given) {
      const run = () => runEach(kind, caller, given)
      return caller.within ? run() : retryConflicts(run)
    },
  }
}

async function runEach(kind: Kind, caller: Caller, given: unknown): Promise<object> {
  const operation = `${caller.model.name}.${kind.name}`
  const { catalog } = caller.compiler
  const args = argumentsOf(operation, given, known, catalog.runtime)
  const data = dataOf(operation, args.data)
  const table = covered(operation, () => catalog.writtenTable(caller.model.name))
  const key = keyOf(operation, 'by', table, args.by)
  if (key.unique.where !== undefined)
    throw bulkKey({ operation, given: key.unique.fields, keys: wholeKeys(table.uniques) })
  const strategy = strategyOf(operation, args.strategy)
  const tells = choiceOf(operation, 'outcome', args.outcome, ['count', 'rows']) === 'rows'
  const rows = data.map((): RowOutcome => ({ outcome: 'missing' }))
  const groups = groupRows(operation, data, catalog.runtime)
  const cellsOf = new Map(groups.map((group) => [group, kind.cells(operation, caller, key, group)]))
  const texts = textsOf(operation, data)
  const orders = orderByKey(operation, key, { texts, count: data.length }, groups, kind.onDuplicate)
  const now = instant()
  let count = 0

  function statementsFor({ group, positions }: Slice): Statement[] {
    const cells = cellsOf.get(group)!
    const { source, columns, parameters } = inputOf({ operation, catalog, cells, texts, positions, now, strategy })
    const text = kind.sql({ table, catalog, key, source, columns, tells }, cells)
    return [...source.before, { text, values: parameters.values }]
  }

  function settle(positions: Uint32Array, { rows: [told] }: Result): void {
    if (!tells) {
      count += Number(told?.[0])
      return
    }
    const written = readNumbers(told?.[0])
    for (const number of readNumbers(told?.[1])) rows[positions[number - 1]!]!.outcome = 'unchanged'
    for (const number of written) rows[positions[number - 1]!]!.outcome = kind.done
    count += written.length
  }

  await runSlices(caller, slicesOf(table, texts, groups, orders), { statementsFor, settle })
  return tells ? { count, rows } : { count }
}

function wholeKeys(uniques: ReadonlyMap<string, Key['unique']>): string[][] {
  return [...uniques.values()].filter(({ where }) => where === undefined).map(({ fields }) => [...fields])
}
