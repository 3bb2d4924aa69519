import { indexUnused, tableNotInPlan, tableScanned } from './errors.ts'

/** What `explain` needs of a client; `pg`'s Client, PoolClient and Pool have it. */
export interface ExplainClient {
  query(query: { text: string; values: unknown[]; queryMode: 'extended' }): Promise<{ rows: unknown[] }>
}

/** A node of a plan, as EXPLAIN (FORMAT JSON) tells it. */
export interface PlanNode {
  /** For example `Seq Scan` or `Index Only Scan`. */
  readonly type: string
  readonly schema?: string
  readonly table?: string
  readonly index?: string
  /** Everything EXPLAIN says of it, under its names. */
  readonly properties: Readonly<Record<string, unknown>>
}

/** What PostgreSQL would do for a statement. */
export interface Plan {
  /** As psql shows it. */
  readonly text: string
  /** Every node, from the top down. */
  readonly nodes: readonly PlanNode[]
  usesIndex(name: string): boolean
  /**
   * Whether it reads all rows of a table (or of a partition) in sequence.
   *
   * @param table - `posts` or `billing.posts`
   * @throws SUB_PLAN_WITHOUT_TABLE when the plan does not touch it at all: a misspelt name would otherwise pass every test
   */
  scans(table: string): boolean
  /** @throws SUB_PLAN_INDEX_UNUSED, which shows the plan */
  mustUseIndex(name: string): void
  /** @throws SUB_PLAN_SCANS_TABLE, which shows the plan, or SUB_PLAN_WITHOUT_TABLE */
  mustNotScan(table: string): void
}

/**
 * Asks PostgreSQL how it would run a statement with these values; the statement is not run. On a table of few rows every
 * plan is a sequential scan: insert some thousands and ANALYZE first.
 */
export async function explain(client: ExplainClient, sql: string, values: unknown[] = []): Promise<Plan> {
  // The extended protocol takes one statement only: nothing after a semicolon is run.
  const ask = async (options: string) =>
    (await client.query({ text: `EXPLAIN (${options}) ${sql}`, values, queryMode: 'extended' })).rows as {
      'QUERY PLAN': unknown
    }[]
  const json = (await ask('VERBOSE, FORMAT JSON'))[0]?.['QUERY PLAN'] as [{ Plan: RawNode }]
  const text = (await ask('FORMAT TEXT')).map((row) => row['QUERY PLAN']).join('\n')
  return createPlan([...walk(json[0].Plan)], text)
}

function createPlan(nodes: readonly PlanNode[], text: string): Plan {
  const plan: Plan = {
    text,
    nodes,
    usesIndex: (name) => nodes.some((node) => node.index === name),
    scans(table) {
      const own = nodes.filter((node) => node.table === table || `${node.schema}.${node.table}` === table)
      if (own.length === 0) throw tableNotInPlan({ table, plan: text })
      return own.some((node) => node.type === 'Seq Scan')
    },
    mustUseIndex(name) {
      if (!plan.usesIndex(name)) throw indexUnused({ index: name, plan: text })
    },
    mustNotScan(table) {
      if (plan.scans(table)) throw tableScanned({ table, plan: text })
    },
  }
  return plan
}

interface RawNode {
  'Node Type': string
  Schema?: string
  'Relation Name'?: string
  'Index Name'?: string
  Plans?: RawNode[]
}

function* walk(raw: RawNode): Generator<PlanNode> {
  const { Plans: children = [], ...properties } = raw
  yield {
    type: raw['Node Type'],
    ...(raw.Schema !== undefined && { schema: raw.Schema }),
    ...(raw['Relation Name'] !== undefined && { table: raw['Relation Name'] }),
    ...(raw['Index Name'] !== undefined && { index: raw['Index Name'] }),
    properties,
  }
  for (const child of children) yield* walk(child)
}
