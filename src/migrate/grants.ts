import type { Client } from 'pg'
import { identifier } from '../pg/sql.ts'
import { LEDGER } from './ledger.ts'

/** What the application may do with what the owner makes, by kind of object. No TRUNCATE: it ignores policies. */
const RIGHTS = {
  TABLES: 'SELECT, INSERT, UPDATE, DELETE',
  SEQUENCES: 'USAGE, SELECT',
  FUNCTIONS: 'EXECUTE',
  TYPES: 'USAGE',
  SCHEMAS: 'USAGE',
} as const

/** Gives the owner and the application their rights in the database of this connection. */
export async function grantDatabase(admin: Client, ownerName: string, applicationName: string): Promise<void> {
  const [owner, application] = [identifier(ownerName), identifier(applicationName)]
  const database = identifier(await currentDatabase(admin))
  await actForOwner(admin, owner)
  if (await ownsDatabase(admin)) await admin.query(`ALTER DATABASE ${database} OWNER TO ${owner}`)
  await admin.query(`GRANT ALL ON DATABASE ${database} TO ${owner}`)
  await admin.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${application}`)
  await admin.query(`REVOKE CREATE ON DATABASE ${database} FROM ${application}`)
  await admin.query(`REVOKE CREATE ON SCHEMA public FROM PUBLIC, ${application}`)
  await admin.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${owner}`)
  await admin.query(`GRANT USAGE ON SCHEMA public TO ${application}`)
  if (!(await hasDefaults(admin, owner, application))) await grantExisting(admin, owner, application)
  for (const [kind, rights] of Object.entries(RIGHTS))
    await admin.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT ${rights} ON ${kind} TO ${application}`)
  await closeLedgers(admin, application)
}

async function currentDatabase(admin: Client): Promise<string> {
  const { rows } = await admin.query<{ name: string }>('SELECT current_database() AS name')
  return rows[0]!.name
}

/** A superuser may act for every role; anyone else must be a member of the owner first. */
async function actForOwner(admin: Client, owner: string): Promise<void> {
  const { rows } = await admin.query<{ may: boolean }>(`SELECT pg_has_role($1::text::regrole, 'USAGE') AS may`, [owner])
  if (!rows[0]?.may) await admin.query(`GRANT ${owner} TO CURRENT_USER`)
}

async function ownsDatabase(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ owns: boolean }>(
    'SELECT datdba = current_user::regrole AS owns FROM pg_database WHERE datname = current_database()',
  )
  return rows[0]?.owns === true
}

async function hasDefaults(admin: Client, owner: string, application: string): Promise<boolean> {
  const { rows } = await admin.query<{ has: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_default_acl d CROSS JOIN aclexplode(d.defaclacl) a
        WHERE d.defaclrole = $1::text::regrole AND d.defaclnamespace = 0 AND d.defaclobjtype = 'r'
          AND a.grantee = $2::text::regrole) AS has`,
    [owner, application],
  )
  return rows[0]?.has === true
}

async function grantExisting(admin: Client, owner: string, application: string): Promise<void> {
  const { rows } = await admin.query<{ schema: string; name: string; sequence: boolean }>(
    `SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'S' AS sequence
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relowner = $1::text::regrole AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'`,
    [owner],
  )
  for (const { schema, name, sequence } of rows) {
    const [kind, rights] = sequence ? ['SEQUENCE', RIGHTS.SEQUENCES] : ['TABLE', RIGHTS.TABLES]
    await admin.query(`GRANT ${rights} ON ${kind} ${identifier(schema, name)} TO ${application}`)
  }
  const schemas = await admin.query<{ name: string }>(
    'SELECT nspname AS name FROM pg_namespace WHERE nspowner = $1::text::regrole',
    [owner],
  )
  for (const { name } of schemas.rows) await admin.query(`GRANT USAGE ON SCHEMA ${identifier(name)} TO ${application}`)
}

async function closeLedgers(admin: Client, application: string): Promise<void> {
  const { rows } = await admin.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = $1 AND c.relkind = 'r'`,
    [LEDGER],
  )
  for (const { schema } of rows) await admin.query(`REVOKE ALL ON ${identifier(schema, LEDGER)} FROM ${application}`)
}
