import type { Client } from 'pg'

/** The part of `EXPLAIN (VERBOSE, FORMAT JSON)` that tells which outputs a join may leave empty. */
interface PlanNode {
  readonly 'Join Type'?: string
  readonly 'Parent Relationship'?: string
  readonly Output?: readonly string[]
  readonly Plans?: readonly PlanNode[]
}

/**
 * The positions of the columns that an outer join of the statement may fill with nulls.
 *
 * The plan is a generic one, so no parameter's value matters. A statement that cannot be explained has no joins.
 */
export async function nullableOutputs(client: Client, source: string, parameters: number): Promise<Set<number>> {
  const plan = await explain(client, source, parameters)
  if (plan === undefined) return new Set()
  const emptied = new Set<string>()
  const kept = new Set<string>()
  collect(plan, false, emptied, kept)
  const positions = new Set<number>()
  if (emptied.size === 0) return positions
  for (const [index, output] of (plan.Output ?? []).entries())
    if (emptied.has(output) || !kept.has(output)) positions.add(index)
  return positions
}

/** Sorts the outputs below a node into what an outer join may empty and what none can. Tells whether it found an outer join. */
function collect(node: PlanNode, mayBeEmpty: boolean, emptied: Set<string>, kept: Set<string>): boolean {
  let outer = outerJoins.has(node['Join Type'] ?? '')
  for (const child of node.Plans ?? [])
    if (collect(child, mayBeEmpty || isEmptiedSide(node, child), emptied, kept)) outer = true
  const outputs = node.Output ?? []
  if (mayBeEmpty) for (const output of outputs) emptied.add(output)
  else if (!outer) for (const output of outputs) kept.add(output)
  return outer
}

const outerJoins: ReadonlySet<string> = new Set(['Left', 'Right', 'Full'])

/** A left join may leave its inner side empty, a right join its outer side, a full join both. */
function isEmptiedSide(join: PlanNode, child: PlanNode): boolean {
  switch (join['Join Type']) {
    case 'Full':
      return true
    case 'Left':
      return child['Parent Relationship'] === 'Inner'
    case 'Right':
      return child['Parent Relationship'] === 'Outer'
    default:
      return false
  }
}

async function explain(client: Client, source: string, parameters: number): Promise<PlanNode | undefined> {
  const nulls = Array.from({ length: parameters }, () => 'NULL').join(', ')
  await client.query('BEGIN')
  try {
    await client.query('SET LOCAL plan_cache_mode = force_generic_plan')
    await client.query(`PREPARE substrata_described AS ${source}`)
    const execute = parameters === 0 ? 'substrata_described' : `substrata_described(${nulls})`
    const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE ${execute}`,
    )
    return rows[0]?.['QUERY PLAN'][0]?.Plan
  } catch {
    return undefined
  } finally {
    await client.query('ROLLBACK; DEALLOCATE ALL')
  }
}
