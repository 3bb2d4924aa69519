import type { Client } from 'pg'
import { identifier } from '../pg/sql.ts'
import { withClient } from '../pg/with-client.ts'

/**
 * The databases in which a role owns more than the temporary tables of its sessions: an import of the application's that
 * runs meanwhile has one.
 */
export async function databasesOwnedIn(admin: Client, adminUrl: string, role: string): Promise<string[]> {
  const { rows } = await admin.query<{ database: string; whole: boolean; here: boolean }>(
    `SELECT DISTINCT coalesce(d.datname, current_database()) AS database, s.dbid = 0 AS whole,
            coalesce(d.datname, current_database()) = current_database() AS here
       FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = CASE s.dbid WHEN 0 THEN s.objid ELSE s.dbid END
      WHERE ${isOwner} ORDER BY database`,
    [identifier(role)],
  )
  const owned = new Set<string>()
  for (const { database, whole, here } of rows) {
    // Only the database itself knows which of its objects are temporary.
    const owns = whole || (here ? await ownsLasting(admin, role) : await ownsLastingIn(adminUrl, database, role))
    if (owns && (await exists(admin, database))) owned.add(database)
  }
  return [...owned]
}

const isOwner = `s.refclassid = 'pg_authid'::regclass AND s.refobjid = $1::text::regrole AND s.deptype = 'o'`

async function ownsLasting(client: Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ owns: boolean }>(
    `SELECT EXISTS (
       SELECT FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
        WHERE ${isOwner} AND NOT EXISTS (
          SELECT FROM pg_class c WHERE s.classid = 'pg_class'::regclass AND c.oid = s.objid AND c.relpersistence = 't')
     ) AS owns`,
    [identifier(role)],
  )
  return rows[0]!.owns
}

/** What cannot be looked into counts as owned. */
async function ownsLastingIn(adminUrl: string, database: string, role: string): Promise<boolean> {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  try {
    return await withClient(url.href, (client) => ownsLasting(client, role))
  } catch {
    return true
  }
}

/** A database that was dropped while it was looked into has nothing any more. */
async function exists(admin: Client, database: string): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database])
  return rowCount === 1
}
