import { createHmac } from 'node:crypto'
import type { Roles } from '../../migrate/index.ts'
import { noServer } from '../errors.ts'

/** The superuser's URL: what was passed, else SUBSTRATA_TEST_SERVER. */
export function findServer(given: string | undefined): string {
  const url = given ?? process.env.SUBSTRATA_TEST_SERVER
  if (!url) throw noServer({})
  return url
}

/**
 * The two roles of every test database of a server. Processes that share the server must agree on the passwords without
 * talking, so these follow from the superuser's.
 */
export function testRoles(server: string): Roles {
  const { password } = new URL(server)
  const role = (name: string) => ({
    name,
    password: createHmac('sha256', password).update(name).digest('base64url'),
  })
  return { owner: role('substrata_test_owner'), application: role('substrata_test_app') }
}

/** The same server under another database and, with `role`, as another role. */
export function urlOf(server: string, database: string, role?: { name: string; password: string }): string {
  const url = new URL(server)
  url.pathname = `/${encodeURIComponent(database)}`
  if (role) {
    url.username = encodeURIComponent(role.name)
    url.password = encodeURIComponent(role.password)
  }
  return url.href
}
