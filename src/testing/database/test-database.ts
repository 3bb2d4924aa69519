import { identifier } from '../../pg/sql.ts'
import { withAdmin } from './admin.ts'
import { findServer, testRoles, urlOf } from './server.ts'
import { type Contents, clone, cloneName, ensureTemplate, noteUse, templateName } from './template.ts'

export interface TestDatabaseOptions extends Contents {
  /** URL of a superuser; default: SUBSTRATA_TEST_SERVER. */
  server?: string
}

/** A database of its own, dropped when disposed of. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  /** As the application role, which owns nothing and bypasses nothing: what the code under test connects with. */
  readonly url: string
  /** As the owner of the tables: for set-up and cleaning. */
  readonly ownerUrl: string
  /** As the superuser. */
  readonly adminUrl: string
  /** Drops the database and ends whatever is still connected to it. */
  drop(): Promise<void>
}

const noted = new Set<string>()

/**
 * Creates a database that holds the migrations and the set-up. The first call with some contents builds a template, once
 * for all processes; every call copies it, in some 12 ms where the server's data is in memory.
 *
 * @throws SUB_TEST_NO_SERVER, and what deployMigrations throws
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = findServer(options.server)
  const template = await templateName(server, options)
  const name = cloneName()
  await withAdmin(server, async (admin) => {
    while (!(await clone(admin, server, template, name))) await ensureTemplate(admin, server, template, options)
    if (noted.has(template)) return
    noted.add(template)
    await noteUse(admin, template)
  })
  const { owner, application } = testRoles(server)
  const drop = () =>
    withAdmin(server, async (admin) => {
      await admin.query(`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)
    })
  return {
    name,
    url: urlOf(server, name, application),
    ownerUrl: urlOf(server, name, owner),
    adminUrl: urlOf(server, name),
    drop,
    [Symbol.asyncDispose]: drop,
  }
}
