import { createHmac } from 'node:crypto'
import { escapeIdentifier } from 'pg'
import { createAssumableRoles, createRoles, type Role } from 'substrata'
import { assumableRoles } from '../roles.ts'
import { withClient } from './connection.ts'

const NAME = 'shop'

/**
 * Creates, where they are missing, the shop's database, its owner, the role that the application connects as, and those
 * that its calls become.
 *
 * @param server - As superuser; the roles' passwords follow from its own, so that the URLs stay the same as long as the data does.
 */
export async function createShop(
  server: string,
  { reset }: { reset: boolean },
): Promise<{ url: string; ownerUrl: string }> {
  const admin = new URL(server)
  admin.pathname = `/${NAME}`
  await withClient(server, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME])
    const exists = rowCount === 1
    const unusable = exists && (reset || (await neverMigrated(admin.href)))
    if (unusable) await client.query(`DROP DATABASE ${escapeIdentifier(NAME)} WITH (FORCE)`)
    if (unusable || !exists) await client.query(`CREATE DATABASE ${escapeIdentifier(NAME)}`)
  })
  const role = (name: string): Role => ({
    name,
    password: createHmac('sha256', admin.password).update(name).digest('hex'),
  })
  const roles = { owner: role('shop_owner'), application: role('shop_app') }
  await createRoles(admin.href, roles)
  await createAssumableRoles(admin.href, {
    owner: roles.owner.name,
    application: roles.application.name,
    roles: assumableRoles,
  })
  return { url: urlAs(roles.application, admin), ownerUrl: urlAs(roles.owner, admin) }
}

/** Whether a start was killed in its first migration: nothing is there yet, but the ledger waits for somebody to look. */
function neverMigrated(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows: ledger } = await client.query(`SELECT WHERE to_regclass('_prisma_migrations') IS NOT NULL`)
    if (ledger.length === 0) return false
    const { rows } = await client.query<{ never: boolean }>(
      'SELECT count(*) > 0 AND count(finished_at) = 0 AS never FROM _prisma_migrations',
    )
    return rows[0]!.never
  })
}

function urlAs({ name, password }: Role, place: URL): string {
  const url = new URL(place)
  url.username = name
  url.password = password
  return url.href
}
