import type { Client } from 'pg'
import { identifier, literal } from '../pg/sql.ts'
import { sqlStateOf } from '../pg/sql-state.ts'
import { withClient } from '../pg/with-client.ts'
import { roleIsMember, roleIsSuperuser, roleOwnsObjects, rolesAreOne, rolesNotAllowed } from './errors.ts'
import { grantDatabase } from './grants.ts'
import { databasesOwnedIn } from './owned.ts'
import { isVerifierOf, scramVerifier } from './scram.ts'

export interface Role {
  readonly name: string
  /** Printable ASCII keeps it out of the server's log: only its SCRAM verifier is sent. */
  readonly password: string
}

export interface Roles {
  /** Owns the database and its tables, and migrates. */
  readonly owner: Role
  /** What the application connects as: owns nothing, bypasses nothing, reads and writes rows. */
  readonly application: Role
}

/**
 * Creates the two roles of an application and gives them their rights in one database. Call it again at any time, from
 * several processes at once: it changes only what differs.
 *
 * The owner becomes owner of the database (unless a third role owns it already). What the owner creates later, the
 * application may select, insert, update, delete and execute, but not truncate or alter; tables that stand already are
 * granted the first time only, so that a REVOKE in a migration lasts. `_prisma_migrations` stays closed to the
 * application. CREATE on the schema public is taken from PUBLIC.
 *
 * @param adminUrl - Of a superuser, or of a role with CREATEROLE and CREATEDB that owns the database. It names the database.
 * @throws SUB_ROLES_ARE_ONE, SUB_ROLE_IS_SUPERUSER, SUB_ROLE_OWNS_OBJECTS, SUB_ROLE_IS_MEMBER, SUB_ROLES_NOT_ALLOWED
 */
export async function createRoles(adminUrl: string, roles: Roles): Promise<void> {
  const { owner, application } = roles
  if (owner.name === application.name) throw rolesAreOne({ role: owner.name })
  await withClient(adminUrl, async (admin) => {
    await changeRoles(admin, async () => {
      await ensureRole(admin, owner, ['LOGIN', 'NOBYPASSRLS'])
      await ensureRole(admin, application, ['LOGIN', 'NOBYPASSRLS', 'NOCREATEDB', 'NOCREATEROLE', 'NOREPLICATION'])
      await checkApplication(admin, adminUrl, owner.name, application.name)
      await grantDatabase(admin, owner.name, application.name)
    })
  })
}

/**
 * Runs changes of roles as one transaction, again where another process was changing the same ones.
 *
 * @throws SUB_ROLES_NOT_ALLOWED
 */
export async function changeRoles(admin: Client, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await inTransaction(admin, work)
      return
    } catch (cause) {
      if (attempt < 10 && isRace(cause)) continue
      if (sqlStateOf(cause) === '42501') throw rolesNotAllowed({ admin: admin.user ?? 'this role' }, { cause })
      throw cause
    }
  }
}

/**
 * Roles belong to the cluster, while an advisory lock belongs to a database: two processes may meet in the catalogue.
 * One of them then gets a unique violation or "tuple concurrently updated", after the other has committed.
 */
function isRace(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === '23505' || state === '42710' || (state === 'XX000' && /concurrently/.test((error as Error).message))
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('substrata roles', 0))`)
    await work()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** The columns of pg_roles behind the attributes of CREATE ROLE. */
const ATTRIBUTES = {
  LOGIN: 'rolcanlogin',
  NOBYPASSRLS: 'NOT rolbypassrls',
  NOCREATEDB: 'NOT rolcreatedb',
  NOCREATEROLE: 'NOT rolcreaterole',
  NOREPLICATION: 'NOT rolreplication',
} as const

async function ensureRole(admin: Client, role: Role, attributes: (keyof typeof ATTRIBUTES)[]): Promise<void> {
  const { rows } = await admin.query<{ superuser: boolean; has: string[] }>(
    `SELECT rolsuper AS superuser,
            array_remove(ARRAY[${attributes.map((name) => `CASE WHEN ${ATTRIBUTES[name]} THEN '${name}' END`).join(', ')}], NULL) AS has
       FROM pg_roles WHERE rolname = $1`,
    [role.name],
  )
  const found = rows[0]
  if (found?.superuser) throw roleIsSuperuser({ role: role.name })
  const missing = attributes.filter((name) => !found?.has.includes(name))
  if (found && missing.length === 0 && (await hasPassword(admin, role))) return
  const verb = found ? 'ALTER' : 'CREATE'
  // A non-superuser may not even mention some attributes, so only those that differ are.
  const changes = found ? missing : ['LOGIN']
  await admin.query(`${verb} ROLE ${identifier(role.name)} ${changes.join(' ')} PASSWORD ${storedPassword(role)}`)
}

function storedPassword({ password }: Role): string {
  return literal(/^[\x20-\x7e]*$/.test(password) ? scramVerifier(password) : password)
}

/** Only a superuser can see what is stored; for anyone else the answer is no, and the password is set again. */
async function hasPassword(admin: Client, role: Role): Promise<boolean> {
  const { rows } = await admin.query<{ readable: boolean }>(
    `SELECT has_table_privilege('pg_authid', 'SELECT') AS readable`,
  )
  if (!rows[0]?.readable) return false
  const stored = await admin.query<{ verifier: string | null }>(
    'SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = $1',
    [role.name],
  )
  return isVerifierOf(stored.rows[0]?.verifier ?? '', role.password)
}

async function checkApplication(admin: Client, adminUrl: string, owner: string, application: string): Promise<void> {
  const databases = await databasesOwnedIn(admin, adminUrl, application)
  if (databases.length > 0) throw roleOwnsObjects({ role: application, databases })
  const { rows: memberships } = await admin.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles
      WHERE rolname <> $1 AND (rolsuper OR rolbypassrls OR rolname = $2) AND pg_has_role($1, oid, 'MEMBER')
      ORDER BY name`,
    [application, owner],
  )
  if (memberships.length > 0) throw roleIsMember({ role: application, of: memberships.map(({ name }) => name) })
}
