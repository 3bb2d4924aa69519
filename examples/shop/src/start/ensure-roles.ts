import { escapeIdentifier } from 'pg'
import { createAssumableRoles, isSubstrataError } from 'substrata'
import { assumableRoles } from '../roles.ts'
import { withClient } from './connection.ts'
import { StartError } from './errors.ts'

/**
 * Sees to it that the application's role can become those that the policies name. The owner makes them where it may.
 *
 * @throws StartError with the statements for an administrator, where it may not
 */
export async function ensureRoles({ url, ownerUrl }: { url: string; ownerUrl: string }): Promise<void> {
  const application = await rolesOf(url)
  if (application.missing.length === 0) return
  const owner = await rolesOf(ownerUrl)
  try {
    await createAssumableRoles(ownerUrl, { owner: owner.name, application: application.name, roles: assumableRoles })
  } catch (error) {
    if (!isSubstrataError(error, 'SUB_ROLES_NOT_ALLOWED')) throw error
    throw new StartError(`The shop's policies name roles that ${application.name} cannot become. As an administrator:
${application.missing.map((role) => statements(role, application)).join('\n')}`)
  }
}

interface RolesOf {
  readonly name: string
  readonly version: number
  readonly missing: readonly { readonly name: string; readonly exists: boolean }[]
}

function rolesOf(url: string): Promise<RolesOf> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<RolesOf>(
      `SELECT current_user AS name, current_setting('server_version_num')::int AS version,
              (SELECT coalesce(json_agg(json_build_object('name', wanted, 'exists', rolname IS NOT NULL)), '[]')
                 FROM unnest($1::text[]) AS wanted LEFT JOIN pg_roles ON rolname = wanted
                WHERE rolname IS NULL OR NOT pg_has_role(pg_roles.oid, 'MEMBER')) AS missing`,
      [assumableRoles],
    )
    return rows[0]!
  })
}

/** A role whose rights the application inherited would lend it its policies at all times. */
function statements(role: RolesOf['missing'][number], { name, version }: RolesOf): string {
  const [to, application] = [escapeIdentifier(role.name), escapeIdentifier(name)]
  const create = role.exists ? [] : [`  CREATE ROLE ${to} NOLOGIN;`]
  const grant =
    version >= 160_000
      ? [`  GRANT ${to} TO ${application} WITH INHERIT FALSE, SET TRUE;`]
      : [`  GRANT ${to} TO ${application};`, `  ALTER ROLE ${application} NOINHERIT;`]
  return [...create, ...grant].join('\n')
}
