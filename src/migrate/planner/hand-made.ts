import type { Client } from 'pg'
import type { TableShape } from '../catalogue/index.ts'
import { type PresentObject, readObjects } from '../objects/index.ts'
import type { Loss } from './losses.ts'

/** What was made by hand in a place that a migration may change. */
interface HandMade {
  readonly object: string
  readonly schema: string
  /** The table or view it is on. */
  readonly place: string
  /** The table's oid; a view that is made anew has another one. */
  readonly on?: number
}

/** Indexes and checks made by hand: PostgreSQL drops them with a column or a view that they need, and says nothing. */
export async function readHandMade(client: Client): Promise<HandMade[]> {
  const present = await readObjects(client)
  return [...present.filter(isHandMade).map(onTable), ...(await onViews(client))]
}

function isHandMade({ kind, mark, prisma }: PresentObject): boolean {
  return (kind === 'index' || kind === 'check') && !mark && !prisma
}

function onTable({ kind, name: { schema, table = '', name }, on }: PresentObject): HandMade {
  return { object: `${kind} ${name}`, schema, place: table, on }
}

/** A declared view has one index of its own at most, which is its first. */
async function onViews(client: Client): Promise<HandMade[]> {
  const { rows } = await client.query<HandMade>(
    `SELECT 'index ' || i.relname AS object, n.nspname AS schema, v.relname AS place
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
       JOIN pg_class v ON v.oid = x.indrelid JOIN pg_namespace n ON n.oid = v.relnamespace
      WHERE v.relkind = 'm' AND i.relname !~ '_view_key$'`,
  )
  return rows
}

/** Where the whole table goes, that is the loss. */
export function handMadeLosses(
  before: readonly HandMade[],
  after: readonly HandMade[],
  tables: readonly TableShape[],
  present: readonly PresentObject[],
): Loss[] {
  const kept = new Set(after.map(keyOfHandMade))
  const views = new Set(
    present.flatMap(({ kind, name }) =>
      kind === 'materialized view' ? [JSON.stringify([name.schema, name.name])] : [],
    ),
  )
  return before
    .filter((each) => !kept.has(keyOfHandMade(each)))
    .filter(({ on, schema, place }) =>
      on === undefined ? views.has(JSON.stringify([schema, place])) : tables.some(({ oid }) => oid === on),
    )
    .map(({ object, schema, place }) => ({ kind: 'hand-made object dropped', schema, table: place, object }))
}

function keyOfHandMade({ object, schema, place, on }: HandMade): string {
  return JSON.stringify([object, schema, on ?? place])
}
