import { Client } from 'pg'
import { explain, type PlanNode } from 'substrata/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Db, openPages, usePagesDatabase } from './use-pages.ts'

const database = usePagesDatabase()
let db: Db
let owner: Client
interface Sent {
  readonly text: string
  /** As they go over the wire. */
  readonly values: readonly (string | null)[]
}
const sent: Sent[] = []

const FILL = `
INSERT INTO items (id, rank, big, label, size, at, uid, flag, tags)
SELECT n, CASE WHEN n % 4 > 0 THEN n % 1000 END, n, 'label ' || n % 500, (enum_range(NULL::sizes))[1 + n % 3],
       timestamptz '2026-01-01Z' + n / 3 * interval '1 microsecond', md5(n::text)::uuid, n % 2 = 0, '{}'
  FROM generate_series(1, 20000) n;
INSERT INTO details (id, item_id, weight) SELECT n, n, CASE WHEN n % 5 > 0 THEN n % 100 END FROM generate_series(1, 20000, 2) n;
CREATE INDEX items_flagged ON items (id) WHERE flag;`

beforeAll(async () => {
  db = await openPages(database.url, { showValues: true, pagination: { maxPageSize: 10_000 } })
  owner = new Client(database.ownerUrl)
  await owner.connect()
  await owner.query(FILL)
  await owner.query('VACUUM ANALYZE items, details')
  db.$events.on('statement', ({ text, values }) => sent.push({ text, values: (values ?? []) as Sent['values'] }))
})

afterAll(async () => {
  await db.$close()
  await owner.end()
})

type Arguments = NonNullable<Parameters<Db['item']['paginate']>[0]>

/** The statement of the page after so many rows, or before them. */
async function statementOf(args: Arguments, skip: number, backwards = false) {
  const given = { ...args, select: args.select ?? { id: true } }
  let cursor: string | null = null
  if (skip > 0) {
    const { pageInfo } = await db.item.paginate({
      ...given,
      ...(backwards ? { last: skip } : { first: skip }),
    } as Arguments)
    cursor = backwards ? pageInfo.startCursor : pageInfo.endCursor
  }
  sent.length = 0
  const window = backwards ? { last: 10, before: cursor } : { first: 10, after: cursor }
  await db.item.paginate({ ...given, ...window } as Arguments)
  expect(sent).toHaveLength(1)
  return sent[0]!
}

/** How PostgreSQL runs it with these values, and with any. */
async function plansOf({ text, values }: Sent): Promise<(readonly PlanNode[])[]> {
  const custom = await explain(owner, text, [...values])
  await owner.query("SET plan_cache_mode = 'force_generic_plan'")
  await owner.query(`PREPARE page AS ${text}`)
  const literals = values.map((value) => (value === null ? 'NULL' : owner.escapeLiteral(value)))
  const generic = await explain(owner, `EXECUTE page${literals.length > 0 ? `(${literals.join(', ')})` : ''}`)
  await owner.query('DEALLOCATE page; RESET plan_cache_mode')
  return [custom.nodes, generic.nodes]
}

/** Every table is reached by an index, what is sorted is a page at most, and nothing is read and dropped by an OR. */
function expectIndexRanges(nodes: readonly PlanNode[], index: string, position: boolean): void {
  const told = JSON.stringify(nodes.map(({ type, index: used, properties }) => [type, used, properties['Plan Rows']]))
  const types = nodes.map(({ type }) => type)
  expect(types, told).not.toContain('Seq Scan')
  expect(
    nodes.map(({ index: used }) => used),
    told,
  ).toContain(index)
  for (const { type, table, properties } of nodes) {
    // Of a position every range says where it begins. Rows without a related one are in no index.
    if (position && table === 'items' && !index.startsWith('details'))
      expect(properties['Index Cond'], told).toBeDefined()
    if (table === 'items') expect(type, told).not.toContain('Bitmap')
    if (type === 'Sort') expect(properties['Plan Rows'], told).toBeLessThanOrEqual(200)
    expect(JSON.stringify(properties.Filter ?? ''), told).not.toContain(' OR ')
  }
}

const orders: [string, Arguments, string][] = [
  ['one direction, nothing nullable', { orderBy: { at: 'desc' } }, 'items_at_id_idx'],
  ['the key alone', { orderBy: { id: 'asc' } }, 'items_pkey'],
  ['an enum and two directions', { orderBy: [{ size: 'asc' }, { at: 'desc' }, { id: 'asc' }] }, 'items_size_at_id_idx'],
  ['nulls where an index has them', { orderBy: { rank: 'asc' } }, 'items_rank_id_idx'],
  ['nulls where an index has them, descending', { orderBy: { rank: 'desc' } }, 'items_rank_id_idx'],
  ['nulls first', { orderBy: { rank: { sort: 'asc', nulls: 'first' } } }, 'items_rank_id_idx'],
  ['nulls last, descending', { orderBy: { rank: { sort: 'desc', nulls: 'last' } } }, 'items_rank_id_idx'],
  [
    'nulls between two directions',
    { orderBy: [{ label: 'desc' }, { rank: 'asc' }, { id: 'asc' }] },
    'items_label_rank_id_idx',
  ],
  ["a one-to-one relation's field", { orderBy: { detail: { weight: 'asc' } } }, 'details_weight_item_id_idx'],
  [
    "a one-to-one relation's field, nulls last",
    { orderBy: { detail: { weight: { sort: 'desc', nulls: 'last' } } } },
    'details_weight_item_id_idx',
  ],
  ['a partial index, its predicate given', { where: { flag: true }, orderBy: { id: 'asc' } }, 'items_flagged'],
]

describe.each(orders)('%s', (_, args, index) => {
  it.each([
    ['the first page', 0, false],
    ['a page in the middle', 4_321, false],
    ['the last page', 0, true],
    ['a page before another', 4_321, true],
  ])('reads index ranges for %s', async (_name, skip, backwards) => {
    const statement = await statementOf(args, skip, backwards)
    for (const nodes of await plansOf(statement)) expectIndexRanges(nodes, index, skip > 0)
  })
})

it('reads the ranges one after the other, and no further than the page goes', async () => {
  const { text, values } = await statementOf({ orderBy: [{ size: 'asc' }, { at: 'desc' }, { id: 'asc' }] }, 4_321)
  const { rows } = await owner.query({ text: `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values: [...values] })
  const unread: unknown[] = []
  const visit = (node: Record<string, unknown>) => {
    if (node['Node Type'] === 'Append')
      unread.push(...(node.Plans as Record<string, unknown>[]).map((plan) => plan['Actual Loops']))
    for (const child of (node.Plans ?? []) as Record<string, unknown>[]) visit(child)
  }
  visit(rows[0]['QUERY PLAN'][0].Plan)
  expect(unread).toContain(0)
})

it('finds relations for the page alone', async () => {
  const select = { id: true, detail: true, parts: { select: { name: true, item: { select: { label: true } } } } }
  const statement = await statementOf({ orderBy: { at: 'desc' }, select }, 1_000)
  for (const nodes of await plansOf(statement)) expectIndexRanges(nodes, 'items_at_id_idx', true)
})
