import type { TestDatabase } from 'substrata/testing'
import { identifier } from '../../src/pg/sql.ts'
import { withClient } from '../../src/pg/with-client.ts'

/** A role that may do what a developer's does: change the database as its owner, and create databases. */
export interface MigratingRole extends AsyncDisposable {
  readonly url: string
  /** The databases it owns: none, once every shadow database is dropped. */
  databases(): Promise<string[]>
}

export async function createMigratingRole(database: TestDatabase): Promise<MigratingRole> {
  const name = `migrating_${database.name}`
  const url = new URL(database.ownerUrl)
  const owner = decodeURIComponent(url.username)
  url.username = name
  url.password = name
  const admin = new URL(database.adminUrl)
  admin.pathname = '/postgres'
  const run = (sql: string, values: string[] = []) =>
    withClient(admin.href, async (client) => (await client.query<{ name: string }>(sql, values)).rows)
  await run(`CREATE ROLE ${identifier(name)} LOGIN CREATEDB PASSWORD '${name}' IN ROLE ${identifier(owner)}`)
  return {
    url: url.href,
    async databases() {
      const sql = 'SELECT datname AS name FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = $1)'
      return (await run(sql, [name])).map((row) => row.name)
    },
    async [Symbol.asyncDispose]() {
      await database.drop()
      await run(`DROP ROLE ${identifier(name)}`)
    },
  }
}
