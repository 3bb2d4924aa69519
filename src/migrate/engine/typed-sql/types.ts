import type { Client } from 'pg'

/** Names that `prisma generate --sql` gives to PostgreSQL's types. An array has the name of its element with `-array`. */
const names: Readonly<Record<string, string>> = {
  bool: 'bool',
  int2: 'int',
  int4: 'int',
  int8: 'bigint',
  oid: 'bigint',
  float4: 'float',
  float8: 'double',
  numeric: 'decimal',
  money: 'decimal',
  text: 'string',
  varchar: 'string',
  bpchar: 'string',
  name: 'string',
  citext: 'string',
  inet: 'string',
  cidr: 'string',
  bit: 'string',
  varbit: 'string',
  char: 'char',
  json: 'json',
  jsonb: 'json',
  xml: 'xml',
  uuid: 'uuid',
  bytea: 'bytes',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamp: 'datetime',
  timestamptz: 'datetime',
}

interface TypeRow {
  readonly oid: number
  readonly name: string
  readonly kind: string
  readonly element: string | null
}

/** The names of types by OID. An enum keeps its own name; a domain has its base type's. */
export async function typeNames(client: Client, oids: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await client.query<TypeRow>(
    `SELECT t.oid, coalesce(base.typname, t.typname) AS name, t.typtype::text AS kind, element.typname AS element
     FROM pg_type t
     LEFT JOIN pg_type base ON base.oid = nullif(t.typbasetype, 0)
     LEFT JOIN pg_type element ON element.oid = nullif(t.typelem, 0) AND t.typcategory = 'A'
     WHERE t.oid = ANY ($1::oid[])`,
    [oids],
  )
  return new Map(rows.map((row) => [row.oid, nameOf(row)]))
}

function nameOf({ name, kind, element }: TypeRow): string {
  if (kind === 'e') return name
  if (element === null) return names[name] ?? 'unknown'
  const elementName = names[element]
  return elementName === undefined ? 'unknown' : `${elementName}-array`
}
