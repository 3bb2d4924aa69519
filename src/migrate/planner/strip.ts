import type { Client } from 'pg'
import { identifier } from '../../pg/sql.ts'
import type { SchemaMeta } from '../../schema/index.ts'
import { keyOf, type Names, type PresentObject } from '../objects/index.ts'

export interface StripOptions {
  readonly schema: SchemaMeta
  readonly names: Names
  readonly present: readonly PresentObject[]
  /** Columns that Prisma's engine shall see as missing, by the key of a generated column. */
  readonly missingColumns: ReadonlySet<string>
  /** True where Prisma's language itself declares partial indexes (a preview feature), so that its engine must see them. */
  readonly partialIndexes: boolean
}

/**
 * Removes from a shadow database what Prisma's language cannot say, so that its engine finds no difference there: views, indexes
 * that are more than columns (unless the schema declares one of that name), our checks and policies. A generated column becomes a plain one
 * where the schema has a field for it, and goes where not.
 */
export async function strip(client: Client, options: StripOptions): Promise<void> {
  await dropViews(client)
  await stripColumns(client, options)
  await stripIndexes(client, options)
  await dropOurPolicies(client, options.present)
  await dropOurChecks(client, options.present)
  await dropOurConfigurations(client, options.present)
}

async function dropOurPolicies(client: Client, present: readonly PresentObject[]): Promise<void> {
  for (const { name } of present.filter((each) => each.kind === 'policy' && each.mark)) {
    const table = identifier(name.schema, name.table ?? '')
    await client.query(`DROP POLICY IF EXISTS ${identifier(name.name)} ON ${table}`)
  }
}

/** Those of a column that is gone went with it. */
async function dropOurChecks(client: Client, present: readonly PresentObject[]): Promise<void> {
  for (const { name } of present.filter((each) => each.kind === 'check' && each.mark)) {
    const table = identifier(name.schema, name.table ?? '')
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${identifier(name.name)}`)
  }
}

async function dropOurConfigurations(client: Client, present: readonly PresentObject[]): Promise<void> {
  for (const { name } of present.filter((each) => each.kind === 'text search configuration' && each.mark))
    await client.query(`DROP TEXT SEARCH CONFIGURATION IF EXISTS ${identifier(name.schema, name.name)} CASCADE`)
}

async function dropViews(client: Client): Promise<void> {
  const { rows } = await client.query<{ schema: string; name: string; kind: string }>(
    `SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('v', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`,
  )
  for (const { schema, name, kind } of rows)
    await client.query(`DROP ${kind} IF EXISTS ${identifier(schema, name)} CASCADE`)
}

async function stripColumns(client: Client, { schema, names, missingColumns }: StripOptions): Promise<void> {
  const { rows } = await client.query<{
    schema: string
    table: string
    name: string
    type: string
    stored: boolean
    generated: boolean
  }>(
    `SELECT n.nspname AS schema, t.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
            a.attgenerated = 's' AS stored, a.attgenerated <> '' AS generated
       FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE a.attnum > 0 AND NOT a.attisdropped AND t.relkind IN ('r', 'p')
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  )
  const declared = declaredColumns(schema, names)
  for (const { schema: own, table, name, type, stored, generated } of rows) {
    const key = keyOf({ kind: 'generated column', name: { schema: own, table, name } })
    const column = identifier(name)
    const alter = `ALTER TABLE ${identifier(own, table)}`
    if (missingColumns.has(key)) await client.query(`${alter} DROP COLUMN ${column} CASCADE`)
    else if (!generated) continue
    else if (!declared.has(key)) await client.query(`${alter} DROP COLUMN ${column} CASCADE`)
    else if (stored) await client.query(`${alter} ALTER COLUMN ${column} DROP EXPRESSION`)
    else await client.query(`${alter} DROP COLUMN ${column} CASCADE, ADD COLUMN ${column} ${type}`)
  }
}

/** The columns of every field, under the keys that they would have as generated ones. */
export function declaredColumns({ models }: SchemaMeta, names: Names): Set<string> {
  return new Set(
    Object.values(models).flatMap((model) =>
      Object.values(model.fields).map(({ column }) =>
        keyOf({
          kind: 'generated column',
          name: { schema: model.schema ?? names.defaultSchema, table: model.table, name: column },
        }),
      ),
    ),
  )
}

async function stripIndexes(client: Client, { schema, names, present, partialIndexes }: StripOptions): Promise<void> {
  const { rows } = await client.query<{
    oid: number
    schema: string
    name: string
    table: string
    owner: string | null
    partial: boolean
  }>(
    `SELECT i.oid, n.nspname AS schema, i.relname AS name, x.indrelid::regclass::text AS table, c.conname AS owner,
            x.indpred IS NOT NULL AND x.indexprs IS NULL AND x.indnatts = x.indnkeyatts AND NOT x.indnullsnotdistinct AS partial
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
       LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u', 'x')
      WHERE NOT x.indisprimary`,
  )
  const known = new Map(present.filter((each) => each.kind === 'index').map((each) => [each.address.object, each]))
  const declared = declaredIndexes(schema, names)
  for (const { oid, schema: own, name, table, owner, partial } of rows) {
    const index = known.get(oid)
    if (index === undefined || (index.prisma && !index.mark)) continue
    if (!index.mark && declared.has(JSON.stringify([own, name]))) continue
    if (!index.mark && partialIndexes && partial) continue
    if (owner === null) await client.query(`DROP INDEX ${identifier(own, name)} CASCADE`)
    else await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${identifier(owner)} CASCADE`)
  }
}

/** The indexes that Prisma's language declares, by schema and name. */
export function declaredIndexes({ models }: SchemaMeta, names: Names): Set<string> {
  return new Set(
    Object.values(models).flatMap((model) =>
      [...Object.values(model.uniques), ...(model.indexes ?? [])].map(({ database }) =>
        JSON.stringify([model.schema ?? names.defaultSchema, database]),
      ),
    ),
  )
}
