import type { Client } from 'pg'

/** A table, its columns in no particular order. */
export interface TableShape {
  readonly schema: string
  readonly name: string
  readonly oid: number
  readonly columns: readonly ColumnShape[]
}

export interface ColumnShape {
  readonly name: string
  /** pg_attribute's attnum: it stays through a rename, and a column that was dropped and added has a new one. */
  readonly number: number
  /** The oid of the type, without modifiers. */
  readonly typeId: number
  /** With modifiers: `numeric(10,2)`. */
  readonly type: string
  readonly nullable: boolean
  readonly generated: boolean
  readonly defaulted: boolean
}

interface Row extends Omit<ColumnShape, 'name'> {
  readonly schema: string
  readonly table: string
  readonly oid: number
  readonly name: string | null
}

/** Every table outside PostgreSQL's own schemas, but Prisma's ledger, ours, and those of extensions. */
export async function readTables(client: Client): Promise<TableShape[]> {
  const { rows } = await client.query<Row>(
    `SELECT n.nspname AS schema, t.relname AS table, t.oid, a.attname AS name, a.attnum::int AS number,
            a.atttypid AS "typeId", format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
            a.attgenerated <> '' AS generated, a.atthasdef OR a.attidentity <> '' AS defaulted
       FROM pg_class t
       JOIN pg_namespace n ON n.oid = t.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND n.nspname !~ '^pg_'
        AND n.nspname NOT IN ('information_schema', 'substrata')
        AND t.relname <> '_prisma_migrations'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e')
      ORDER BY 1, 2, a.attname`,
  )
  const tables = new Map<number, TableShape & { columns: ColumnShape[] }>()
  for (const { schema, table: name, oid, name: column, ...rest } of rows) {
    const table = tables.get(oid) ?? { schema, name, oid, columns: [] }
    tables.set(oid, table)
    if (column !== null) table.columns.push({ name: column, ...rest })
  }
  return [...tables.values()]
}

/** An enum type, its labels in their order. */
export interface EnumShape {
  readonly schema: string
  readonly name: string
  readonly labels: readonly string[]
}

export async function readEnums(client: Client): Promise<EnumShape[]> {
  const { rows } = await client.query<EnumShape>(
    `SELECT n.nspname AS schema, t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
       FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
      WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
      GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  return rows
}
