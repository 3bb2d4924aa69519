import type { Client } from 'pg'
import { readMigrations } from 'substrata'
import { placeOf, withClient } from './connection.ts'
import type { ShopDatabase } from './database.ts'
import { StartError } from './errors.ts'
import { migrationsDirectory } from './migrate.ts'

/** The database of DATABASE_URL, once it is clear that the shop may use it. */
export async function useTheirDatabase(options: {
  url: string
  ownerUrl: string
  ownerGiven: boolean
  allowOtherTables: boolean
}): Promise<ShopDatabase> {
  const { url, ownerUrl, ownerGiven, allowOtherTables } = options
  await withClient(ownerUrl, (client) => refuseForeign(client, allowOtherTables))
  const role = await withClient(url, describeRole)
  if (role.bypasses)
    throw new StartError(
      'The role of DATABASE_URL is a superuser or bypasses row-level security, so that the shop would show everything to everyone. Give it a role of its own, and the owner in MIGRATE_DATABASE_URL.',
    )
  const description = [`PostgreSQL of DATABASE_URL: ${role.place}`]
  description.push(
    ownerGiven
      ? `Migrations run as ${placeOf(ownerUrl)} (MIGRATE_DATABASE_URL)`
      : 'MIGRATE_DATABASE_URL is not set: migrations run as the role of DATABASE_URL',
  )
  return {
    url,
    ownerUrl,
    own: false,
    description,
    checkpoint() {},
    lost: new Promise(() => {}),
    async [Symbol.asyncDispose]() {},
  }
}

async function describeRole(client: Client): Promise<{ place: string; bypasses: boolean }> {
  const { rows } = await client.query<{ place: string; bypasses: boolean }>(
    `SELECT format('database %s, version %s, as %s', current_database(), current_setting('server_version'), current_user) AS place,
            rolsuper OR rolbypassrls AS bypasses
       FROM pg_roles WHERE rolname = current_user`,
  )
  return rows[0]!
}

/**
 * Something else: tables that were there before the shop's first migration, or a ledger of migrations that are not the shop's.
 *
 * @throws StartError with the ways out.
 */
async function refuseForeign(client: Client, allowOtherTables: boolean): Promise<void> {
  const applied = await appliedMigrations(client)
  const known = new Set((await readMigrations(migrationsDirectory)).map(({ name }) => name))
  const unknown = applied.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new StartError(
      `The database of DATABASE_URL belongs to another application: its migrations (${few(unknown)}) are not the shop's.\n${WAYS_OUT}`,
    )
  if (applied.length > 0) return
  const tables = await otherTables(client)
  const names = tables.map(({ name }) => name)
  const crowded = tables.some(({ schema }) => schema === 'public')
  if (tables.length === 0 || (allowOtherTables && !crowded)) return
  const wayBeside = crowded
    ? ''
    : '\nOr leave them in their schemas and put the shop beside them: npm start -- --allow-other-tables'
  throw new StartError(
    `The database of DATABASE_URL holds something else: ${few(names)}. Nothing has been changed.\n${WAYS_OUT}${wayBeside}`,
  )
}

const WAYS_OUT = 'Name an empty database (CREATE DATABASE shop), or unset DATABASE_URL: the shop then starts its own.'

async function appliedMigrations(client: Client): Promise<string[]> {
  const { rows: found } = await client.query(`SELECT WHERE to_regclass('public._prisma_migrations') IS NOT NULL`)
  if (found.length === 0) return []
  const { rows } = await client.query<{ name: string }>(
    'SELECT DISTINCT migration_name AS name FROM public._prisma_migrations ORDER BY 1',
  )
  return rows.map(({ name }) => name)
}

async function otherTables(client: Client): Promise<{ schema: string; name: string }[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, format('%I.%I', n.nspname, c.relname) AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND (n.nspname, c.relname) <> ('public', '_prisma_migrations')
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY name`,
  )
  return rows
}

function few(names: readonly string[]): string {
  const rest = names.length - 3
  return rest > 0 ? `${names.slice(0, 3).join(', ')} and ${rest} more` : names.join(', ')
}
