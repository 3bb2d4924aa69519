import type { Client } from 'pg'
import { identifier } from '../../../pg/sql.ts'
import type { Names } from '../../objects/index.ts'
import type { Step } from '../script.ts'
import type { Rename } from './rename.ts'

/** A rename in SQL. Prisma's engine renames foreign keys and indexes itself; a serial column's sequence it leaves behind. */
export async function renameStep(client: Client, rename: Rename, names: Names): Promise<Step> {
  const { what } = rename
  if (what === 'enum') return { title: 'RenameEnum', statements: [enumRename(rename, names)] }
  if (what === 'model') return { title: 'RenameTable', statements: await tableRenames(client, rename, names) }
  return { title: 'RenameColumn', statements: await columnRenames(client, rename, names) }
}

function enumRename({ schema, from, to }: Rename, names: Names): string {
  return `ALTER TYPE ${names.qualify(schema, from)} RENAME TO ${identifier(to)}`
}

async function tableRenames(client: Client, rename: Rename, names: Names): Promise<string[]> {
  const { schema, from, to } = rename
  return [
    `ALTER TABLE ${names.qualify(schema, from)} RENAME TO ${identifier(to)}`,
    ...(await keyRenames(client, rename, names)),
    ...(await sequenceRenames(client, rename, names)),
  ]
}

async function columnRenames(client: Client, rename: Rename, names: Names): Promise<string[]> {
  const { schema, table = '', from, to } = rename
  return [
    `ALTER TABLE ${names.qualify(schema, table)} RENAME COLUMN ${identifier(from)} TO ${identifier(to)}`,
    ...(await sequenceRenames(client, rename, names)),
  ]
}

/** Prisma's engine fails on a primary key that gets other columns and another name at once. */
async function keyRenames(client: Client, { schema, from, to }: Rename, names: Names): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE contype = 'p' AND conrelid = to_regclass($1)`,
    [identifier(schema, from)],
  )
  return rows
    .filter(({ name }) => name.startsWith(`${from}_`) && name.endsWith('_pkey'))
    .map(({ name }) => {
      const renamed = to + name.slice(from.length)
      return `ALTER TABLE ${names.qualify(schema, to)} RENAME CONSTRAINT ${identifier(name)} TO ${identifier(renamed)}`
    })
}

/** Of the sequences named by PostgreSQL's custom, `table_column_seq`. */
async function sequenceRenames(
  client: Client,
  { what, schema, table, from, to }: Rename,
  names: Names,
): Promise<string[]> {
  const owner = what === 'model' ? from : (table ?? '')
  const { rows } = await client.query<{ schema: string; name: string; column: string }>(
    `SELECT n.nspname AS schema, s.relname AS name, a.attname AS column
       FROM pg_class s
       JOIN pg_namespace n ON n.oid = s.relnamespace
       JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
                       AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE s.relkind = 'S' AND d.refobjid = to_regclass($1)`,
    [identifier(schema, owner)],
  )
  return rows
    .filter(({ name, column }) => name === `${owner}_${column}_seq` && (what === 'model' || column === from))
    .map(({ schema: own, name, column }) => {
      const renamed = what === 'model' ? `${to}_${column}_seq` : `${owner}_${to}_seq`
      return `ALTER SEQUENCE ${names.qualify(own, name)} RENAME TO ${identifier(renamed)}`
    })
}
