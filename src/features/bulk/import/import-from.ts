/** `importFrom`: rows from files, streams and iterables, in batches that are each a transaction of their own. */
import type { Caller, ModelMethod } from '../../../client/feature.ts'
import { aborted } from '../../../pg/errors.ts'
import type { Strategy, Table } from '../../../query/index.ts'
import { argumentsOf, choiceOf, strategyOf } from '../arguments.ts'
import { bulkArgument } from '../errors.ts'
import { covered } from '../rows/groups.ts'
import { retryConflicts } from '../run/conflict-retry.ts'
import { type Upsert, upsertOf } from '../upsert/options.ts'
import { importBadRow, importNotReplayable } from './errors.ts'
import { type Landed, land, type Target } from './land.ts'
import { beginning, type Ledger, readStanding, type Standing, writeStanding } from './ledger.ts'
import { type ImportFormat, openSource } from './open.ts'
import { type ImportProgress, progressFrom } from './progress.ts'
import { ahead } from './read-ahead.ts'
import type { BadRow, Batch } from './record.ts'

const known = [
  ...['format', 'delimiter', 'columns', 'batch', 'token'],
  ...['conflict', 'update', 'where', 'onDuplicate', 'strategy', 'onBadRow', 'onProgress'],
]

/** Rows of a batch: what is read ahead, and what a crash undoes. */
const BATCH = 10_000
/** Bad rows that are collected; those beyond are counted. */
const COLLECTED = 1_000

export interface ImportResult {
  /** Rows read, those of earlier runs of a resumed import among them. */
  readonly rows: number
  /** Rows inserted or updated. */
  readonly count: number
  readonly badCount: number
  /** With `onBadRow: 'collect'`, the first thousand of this run. */
  readonly bad: readonly BadRow[]
}

type Sink = (bad: BadRow) => void | Promise<void>

export const importFrom: ModelMethod = {
  kind: 'write',
  args: (_source, options) => (options ?? {}) as Readonly<Record<string, unknown>>,
  async run(caller, source, given = {}) {
    const operation = `${caller.model.name}.importFrom`
    const { catalog } = caller.compiler
    const args = argumentsOf(operation, given, known, catalog.runtime)
    const table = covered(operation, () => catalog.writtenTable(caller.model.name))
    const batch = batchOf(operation, args.batch)
    const format: ImportFormat | undefined = choiceOf(operation, 'format', args.format, ['csv', 'ndjson'])
    const open = await openSource(source, table, catalog.runtime, { ...args, format, batch })
    const ledger = ledgerOf(caller, operation, args.token, table, open.size)
    if (ledger && !open.replayable) throw importNotReplayable({})
    const target = await targetOf(caller, operation, args)
    const begun = ledger ? await readStanding(caller, ledger) : beginning
    const { take, collected } = sinkOf(operation, args.onBadRow)
    const tell = progressFrom(begun, open.size, format !== undefined || open.size !== undefined)
    const onProgress = args.onProgress as ((progress: ImportProgress) => void) | undefined

    let standing = begun
    const batches = ahead(open.batches(begun), caller.operation.signal, () =>
      aborted({ node: caller.session.node, outcome: 'failed' }, { cause: caller.operation.signal?.reason }),
    )
    if (!begun.finished) {
      for await (const each of batches) {
        standing = await landBatch(caller.next(), { target, ledger, take }, standing, each)
        onProgress?.(tell(standing))
      }
      if (ledger) await finish(caller.next(), ledger, standing)
    }
    return { rows: standing.rows, count: standing.written, badCount: standing.bad, bad: collected }
  },
}

interface Way {
  readonly target: Target
  readonly ledger: Ledger | undefined
  /** What is done with a bad row; undefined where it ends the import. */
  readonly take: Sink | undefined
}

/** @throws SUB_IMPORT_BAD_ROW where a bad row ends the import; nothing of its batch has landed then */
async function landBatch(caller: Caller, way: Way, before: Standing, batch: Batch): Promise<Standing> {
  const { target, ledger, take } = way
  const stop = (bad: readonly BadRow[]) => {
    const [first] = bad
    if (first === undefined || take !== undefined) return
    throw importBadRow({ line: first.line, column: first.column, reason: first.reason, landed: before.written })
  }
  stop(batch.bad)
  const work = () =>
    caller.transaction(async (tx) => {
      const landed = await land(caller, tx, target, batch.good)
      stop(landed.bad)
      const after = standingAfter(before, batch, landed)
      if (ledger) await writeStanding(tx, ledger, before, after)
      return { after, bad: landed.bad }
    })
  const { after, bad } = await (caller.within ? work() : retryConflicts(work))
  const all = [...batch.bad, ...bad].sort((a, b) => a.line - b.line)
  for (const each of all) await take?.(each)
  return after
}

function standingAfter(before: Standing, { good, bad, end, lines }: Batch, landed: Landed): Standing {
  return {
    position: end,
    lines,
    rows: before.rows + good.length + bad.length,
    written: before.written + landed.written,
    bad: before.bad + bad.length + landed.bad.length,
    finished: false,
  }
}

async function finish({ transaction }: Caller, ledger: Ledger, standing: Standing): Promise<void> {
  await transaction((tx) => writeStanding(tx, ledger, standing, { ...standing, finished: true }))
}

async function targetOf(caller: Caller, operation: string, args: Readonly<Record<string, unknown>>): Promise<Target> {
  const upsert = args.conflict === undefined ? undefined : await upsertOf(caller, operation, args, false)
  for (const argument of ['update', 'where', 'onDuplicate'])
    if (upsert === undefined && args[argument] !== undefined)
      throw bulkArgument({ operation, argument, fault: 'needs `conflict`' })
  return {
    upsert,
    operation,
    onDuplicate: onDuplicateOf(operation, upsert, args.onDuplicate),
    strategy: strategyOf(operation, args.strategy) ?? (await strategyFor(caller)),
  }
}

/** Later rows of a file come after earlier ones, as if each were written by itself. */
function onDuplicateOf(operation: string, upsert: Upsert | undefined, given: unknown): Target['onDuplicate'] {
  const choice = choiceOf(operation, 'onDuplicate', given, ['first', 'last'])
  return choice ?? (upsert?.key.unique.where === undefined ? 'last' : 'error')
}

/** A context's role may lack the right to temporary tables. */
async function strategyFor({ execute }: Caller): Promise<Strategy> {
  const { rows } = await execute({
    text: `SELECT has_database_privilege(current_database(), 'TEMPORARY')`,
    values: [],
  })
  return rows[0]?.[0] === 't' ? 'copy' : 'unnest'
}

function ledgerOf(
  caller: Caller,
  operation: string,
  token: unknown,
  { sql: table }: Table,
  size: number | undefined,
): Ledger | undefined {
  if (token === undefined) return undefined
  if (typeof token !== 'string' || token === '')
    throw bulkArgument({ operation, argument: 'token', fault: 'takes a name for this import' })
  return { token, model: caller.model.name, table, size }
}

function batchOf(operation: string, batch: unknown): number {
  if (batch === undefined) return BATCH
  if (Number.isInteger(batch) && (batch as number) > 0) return batch as number
  throw bulkArgument({ operation, argument: 'batch', fault: 'takes a number of rows' })
}

function sinkOf(operation: string, given: unknown): { take: Sink | undefined; collected: BadRow[] } {
  const collected: BadRow[] = []
  if (typeof given === 'function') return { take: given as Sink, collected }
  const choice = choiceOf(operation, 'onBadRow', given, ['abort', 'collect']) ?? 'abort'
  const collect = (bad: BadRow) => {
    if (collected.length < COLLECTED) collected.push(bad)
  }
  return { take: choice === 'collect' ? collect : undefined, collected }
}
