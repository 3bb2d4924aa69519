/** Orders that no index serves, told while there is still time: in development. */
import type { Caller } from '../../client/index.ts'
import type { Events } from '../../core/events.ts'
import { type Arguments, type BoundText, isPlainObject } from '../../query/index.ts'
import { indexFor } from './index-for.ts'

/** Warns once for each order and filter whose rows PostgreSQL has to sort, however much it would rather not. */
export function watchIndexes(events: Events): (caller: Caller, args: Arguments, size: number) => Promise<void> {
  const seen = new Set<string>()
  return async (caller, args, size) => {
    const { compiler, model, within } = caller
    // The plan is asked for on a connection of its own; one who holds a connection must not wait for a second.
    if (within || !events.listened('warning')) return
    const filtered = isPlainObject(args.where) ? Object.keys(args.where).sort() : []
    const key = JSON.stringify([model.name, args.orderBy, filtered])
    if (seen.has(key)) return
    seen.add(key)
    const terms = compiler.pages.order(model.name, args.orderBy)
    const asked = terms.filter(({ appended }) => !appended).length
    try {
      if (!(await isSorted(caller, compiler.pages.range(model.name, args, size), Math.max(1, asked)))) return
    } catch {
      // The page was read all the same; the next one asks again.
      seen.delete(key)
      return
    }
    const order = terms.map(({ path }) => path.join('.'))
    const index = indexFor(model, args, terms)
    events.emit('warning', {
      code: 'SUB_PAGE_UNINDEXED',
      message: `${model.name}.paginate() is ordered by ${order.join(', ')}, which no index serves: every page sorts all rows. Add ${index}.`,
      details: { model: model.name, order, index },
    })
  }
}

const FORBID_SORTS = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)"

/**
 * Whether a plan that sorts is all that there is, asked of the planner: it knows every index, of whatever origin, and which
 * partial ones a filter implies. Small tables are sorted because that is cheap, so sorts are forbidden.
 *
 * @param presorted - By how many terms rows must come in order; the rest may be put right among equals.
 */
async function isSorted(caller: Caller, { text, values }: BoundText, presorted: number): Promise<boolean> {
  const { operation } = caller.next()
  const { rows } = await caller.session.transaction(operation, { readOnly: true }, async (tx) => {
    await tx.execute({ text: FORBID_SORTS, values: [] })
    return tx.execute({ text: `EXPLAIN (FORMAT JSON) ${text}`, values, reusable: false })
  })
  const [{ Plan }] = JSON.parse(rows[0]?.[0] ?? '[]') as [{ Plan: PlanNode }]
  return limits(Plan).some((child) => {
    if (child['Node Type'] === 'Sort') return true
    return child['Node Type'] === 'Incremental Sort' && (child['Presorted Key']?.length ?? 0) < presorted
  })
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Presorted Key'?: readonly string[]
  readonly Plans?: readonly PlanNode[]
}

/** What stands under every LIMIT of a plan. */
function limits(node: PlanNode): PlanNode[] {
  const children = node.Plans ?? []
  return [...(node['Node Type'] === 'Limit' ? children : []), ...children.flatMap(limits)]
}
