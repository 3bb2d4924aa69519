import type { Client } from 'pg'
import { identifier } from '../pg/sql.ts'
import { withClient } from '../pg/with-client.ts'
import { grantDatabase } from './grants.ts'
import { changeRoles } from './roles.ts'

export interface AssumableRoles {
  /** The role that owns the database's objects. */
  readonly owner: string
  /** The role that the application connects as. */
  readonly application: string
  /** Roles that a context may name as its `role`. */
  readonly roles: readonly string[]
}

/**
 * Creates the roles that policies name (`to: "admin_role"`): they cannot log in, have the application's rights on what the
 * owner makes, and the application may become them, but is none of them of itself. A role whose rights the application
 * inherited would lend it its policies at all times. Call it again at any time; it comes before the migrations.
 *
 * @param adminUrl - As for {@link createRoles}.
 */
export async function createAssumableRoles(
  adminUrl: string,
  { owner, application, roles }: AssumableRoles,
): Promise<void> {
  await withClient(adminUrl, (admin) =>
    changeRoles(admin, async () => {
      for (const role of roles) {
        await ensureRole(admin, role)
        await lend(admin, role, application)
        await grantDatabase(admin, owner, role)
      }
    }),
  )
}

async function ensureRole(admin: Client, role: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
  if (rowCount === 0) await admin.query(`CREATE ROLE ${identifier(role)} NOLOGIN NOBYPASSRLS`)
}

/** Before version 16 inheriting is an attribute of the member, not of the membership. */
async function lend(admin: Client, role: string, application: string): Promise<void> {
  const { rows } = await admin.query<{ version: number }>(
    `SELECT current_setting('server_version_num')::int AS version`,
  )
  const grant = `GRANT ${identifier(role)} TO ${identifier(application)}`
  if ((rows[0]?.version ?? 0) >= 160_000) {
    await admin.query(`${grant} WITH INHERIT FALSE, SET TRUE`)
    return
  }
  await admin.query(grant)
  await admin.query(`ALTER ROLE ${identifier(application)} NOINHERIT`)
}
