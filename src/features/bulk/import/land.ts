/** Batches on their way into the table: as a whole where nothing is wrong, else in halves until what is wrong stands alone. */
import type { Caller } from '../../../client/feature.ts'
import { isDatabaseError, type Statement, type Transaction } from '../../../pg/index.ts'
import { type Column, type Instant, instant, type Strategy } from '../../../query/index.ts'
import { covered, type Group, newCells, type Texts } from '../rows/groups.ts'
import { inputOf } from '../rows/input.ts'
import { type OnDuplicate, orderByKey } from '../rows/key.ts'
import { EXCLUDED, rowsSql } from '../rows/row-sql.ts'
import type { Upsert } from '../upsert/options.ts'
import { insertSql } from '../upsert/sql.ts'
import { upsertStatements } from '../upsert/statements.ts'
import type { BadRow, GoodRecord, Shape } from './record.ts'

export interface Target {
  /** What the rows are merged by; without one they are inserted. */
  readonly upsert: Upsert | undefined
  readonly operation: string
  readonly onDuplicate: OnDuplicate
  readonly strategy: Strategy
}

export interface Landed {
  /** Rows inserted or updated. */
  readonly written: number
  readonly bad: readonly BadRow[]
}

/** Rows of one statement whose records are looked at in halves. */
type Records = readonly GoodRecord[]

/** @throws whatever is wrong with more than a row: a lost connection, a missing right, a conflict */
export async function land(caller: Caller, tx: Transaction, target: Target, records: Records): Promise<Landed> {
  if (records.length === 0) return { written: 0, bad: [] }
  try {
    return { written: await tx.nested(() => write(caller, tx, target, records)), bad: [] }
  } catch (error) {
    if (!isOfRow(error)) throw error
    if (records.length === 1) return { written: 0, bad: [await refused(caller, records[0]!, error)] }
    const half = records.length >> 1
    const smaller: Target = { ...target, strategy: 'unnest' }
    const before = await land(caller, tx, smaller, records.slice(0, half))
    const after = await land(caller, tx, smaller, records.slice(half))
    return { written: before.written + after.written, bad: [...before.bad, ...after.bad] }
  }
}

/** Data exceptions, violated constraints and checks of views, and what a policy refuses. */
function isOfRow(error: unknown): boolean {
  if (!isDatabaseError(error)) return false
  const { code = '', routine } = error
  // A missing right has the code of a policy's refusal; the function that raised it tells them apart.
  return /^(22|23|44)/.test(code) || (code === '42501' && routine === 'ExecWithCheckOptions')
}

/** In Prisma's words, which name no value. */
async function refused({ explain }: Caller, { line }: GoodRecord, error: unknown): Promise<BadRow> {
  if (!isDatabaseError(error)) throw error
  const { column, code } = error
  const reason = reasons[code ?? ''] ?? (await wordsOf(explain, error))
  const about = error.constraint === undefined ? '' : ` (${error.constraint})`
  return { line, column, reason: `${reason}${about}`, code, value: undefined }
}

const reasons: Readonly<Record<string, string>> = {
  '22001': 'too long for its column',
  '22003': 'a number outside the range of its column',
  '22P02': 'a value that its column cannot read',
  '23502': 'null in a column that takes none',
  '23503': 'a row that it refers to is not there',
  '23505': 'another row has the same unique value',
  '23514': 'a check is violated',
  '42501': 'a policy refuses it',
}

async function wordsOf(explain: Caller['explain'], error: Error): Promise<string> {
  const told = await explain(error)
  // The database quotes values behind a colon.
  return (told instanceof Error ? told.message : error.message).trim().split('\n').at(-1)!.replace(/:.*$/s, '')
}

async function write(caller: Caller, tx: Transaction, target: Target, records: Records): Promise<number> {
  const groups = groupsOf(records)
  const texts = textsOf(records)
  const now = instant()
  const orders = target.upsert
    ? orderByKey(target.operation, target.upsert.key, { texts, count: records.length }, groups, target.onDuplicate)
    : groups.map(({ positions }) => Uint32Array.from(positions))
  // All at once: the server begins on the first while the others are still on their way.
  const counts = groups.map((group, i) => {
    const statements = target.upsert
      ? upsertStatements({ ...target.upsert, caller, strategy: target.strategy }, texts, group, orders[i]!, now)
      : insertStatements(caller, target, texts, group, orders[i]!, now)
    return Promise.all(statements.map((statement) => tx.execute(statement, caller.operation)))
  })
  const results = await Promise.all(counts)
  return results.reduce((sum, each) => sum + (each.at(-1)?.count ?? 0), 0)
}

function insertStatements(
  { compiler: { catalog }, model }: Caller,
  { operation, strategy }: Target,
  texts: Texts,
  group: Group,
  positions: Uint32Array,
  now: Instant,
): Statement[] {
  const table = catalog.writtenTable(model.name)
  const cells = newCells(operation, table, group)
  const { source, columns, parameters } = inputOf({ operation, catalog, cells, texts, positions, now, strategy })
  const text = covered(operation, () => insertSql({ table, columns }, `(${rowsSql(source, columns)}) AS ${EXCLUDED}`))
  return [...source.before, { text, values: parameters.values }]
}

function groupsOf(records: Records): Group[] {
  const groups = new Map<Shape, Group>()
  records.forEach(({ shape }, position) => {
    const group = groups.get(shape) ?? { fields: shape.fields, positions: [] }
    groups.set(shape, group)
    group.positions.push(position)
  })
  return [...groups.values()]
}

function textsOf(records: Records): Texts {
  return ({ field }: Column, positions) => {
    const texts = new Array<string | null>(positions.length)
    for (let i = 0; i < positions.length; i++) {
      const { shape, texts: row } = records[positions[i]!]!
      texts[i] = row[shape.fields.indexOf(field.name)]!
    }
    return texts
  }
}
