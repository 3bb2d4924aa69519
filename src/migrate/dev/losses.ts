import type { Client } from 'pg'
import { identifier } from '../../pg/sql.ts'
import type { Loss } from '../planner/index.ts'

/** A loss in words, and what the development database has to lose. */
export interface FoundLoss extends Loss {
  /** How many rows of the development database are concerned. */
  readonly rows: number
  readonly message: string
  /** True where those rows make the migration fail. */
  readonly impossible: boolean
}

/** What loses nothing, but fails where there are rows. */
const failing: readonly Loss['kind'][] = ['required column added', 'column made required', 'enum value removed']

/** Counts in the development database what a migration would destroy or fail on. */
export async function findLosses(client: Client, losses: readonly Loss[]): Promise<FoundLoss[]> {
  const found: FoundLoss[] = []
  for (const loss of losses) {
    const rows = await countRows(client, loss)
    const impossible = rows > 0 && failing.includes(loss.kind)
    found.push({ ...loss, rows, impossible, message: describe(loss, rows) })
  }
  return found
}

async function countRows(client: Client, loss: Loss): Promise<number> {
  const { kind, schema, table, column } = loss
  if (kind === 'hand-made object dropped') return 0
  if (kind === 'enum value removed') return countEnumRows(client, loss)
  const condition =
    column === undefined || kind === 'required column added'
      ? ''
      : ` WHERE ${identifier(column)} IS ${kind === 'column made required' ? 'NULL' : 'NOT NULL'}`
  const { rows } = await client.query<{ rows: string }>(
    `SELECT count(*) AS rows FROM ${identifier(schema, table)}${condition}`,
  )
  return Number(rows[0]?.rows ?? 0)
}

async function countEnumRows(client: Client, { schema, table: name, column: label = '' }: Loss): Promise<number> {
  const { rows: columns } = await client.query<{ schema: string; table: string; column: string; list: boolean }>(
    `SELECT n.nspname AS schema, t.relname AS table, a.attname AS column, a.atttypid = e.typarray AS list
       FROM pg_type e JOIN pg_attribute a ON a.atttypid IN (e.oid, e.typarray) AND NOT a.attisdropped
       JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE e.oid = to_regtype($1)`,
    [identifier(schema, name)],
  )
  let total = 0
  for (const { schema: place, table, column, list } of columns) {
    const condition = list ? `$1 = ANY (${identifier(column)}::text[])` : `${identifier(column)}::text = $1`
    const { rows } = await client.query<{ rows: string }>(
      `SELECT count(*) AS rows FROM ${identifier(place, table)} WHERE ${condition}`,
      [label],
    )
    total += Number(rows[0]?.rows ?? 0)
  }
  return total
}

/** What each kind of loss does to a place. */
const wording: Readonly<Record<Loss['kind'], (loss: Loss, rows: number) => string>> = {
  'table dropped': (_, rows) => `is dropped, with ${counted(rows, 'row')}`,
  'column dropped': (_, rows) => `is dropped, with ${counted(rows, 'value')}`,
  'column retyped': ({ from, to }, rows) =>
    `is dropped and added again as ${to} instead of ${from}: ${counted(rows, 'value')} would be lost`,
  'type narrowed': ({ from, to }, rows) => `becomes ${to} instead of ${from}: ${counted(rows, 'value')} may not fit`,
  'required column added': (_, rows) =>
    `is added without a default and must not be null: it cannot be added to a table with rows, and there are ${rows}`,
  'column made required': (_, rows) => `must not be null any more: rows where it is cannot stay, and there are ${rows}`,
  'enum value removed': (_, rows) =>
    `is no value of the enum any more: rows that hold it make the migration fail, and there are ${rows}`,
  'hand-made object dropped': ({ object }) => `loses the ${object}, which was made by hand and needs what is dropped`,
}

function describe(loss: Loss, rows: number): string {
  const { kind, table, column } = loss
  return `${column === undefined ? table : `${table}.${column}`} ${wording[kind](loss, rows)}.`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
