import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { identifier } from '../pg/sql.ts'
import { withClient } from '../pg/with-client.ts'
import { createRoles, type Roles } from './roles.ts'

let database: TestDatabase
let roles: Roles

beforeEach(async () => {
  database = await createTestDatabase()
  roles = {
    owner: { name: `${database.name} owner`, password: 'owner: "secret"' },
    application: { name: `${database.name}_app`, password: "app's secret" },
  }
})

afterEach(async () => {
  const { host } = new URL(database.adminUrl)
  expect(host).toMatch(/^127\.0\.0\.1:/)
  await database.drop()
  const server = new URL(database.adminUrl)
  server.pathname = '/postgres'
  await withClient(server.href, async (admin) => {
    for (const { name } of [roles.application, roles.owner])
      await admin.query(`DROP ROLE IF EXISTS ${identifier(name)}`)
  })
})

function urlAs(role: { name: string; password: string }): string {
  const url = new URL(database.adminUrl)
  url.username = encodeURIComponent(role.name)
  url.password = encodeURIComponent(role.password)
  return url.href
}

const run = (url: string, sql: string) => withClient(url, async (client) => (await client.query(sql)).rows)
const asOwner = (sql: string) => run(urlAs(roles.owner), sql)
const asApplication = (sql: string) => run(urlAs(roles.application), sql)

describe('what the application may do', () => {
  beforeEach(() => createRoles(database.adminUrl, roles))

  it('has no attribute that bypasses anything', async () => {
    const [role] = await asApplication(
      'SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user',
    )
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
    })
  })

  it('reads and writes rows of tables that the owner makes later', async () => {
    await asOwner('CREATE TABLE notes (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, serial serial, text text)')
    await asApplication(`INSERT INTO notes (text) VALUES ('a')`)
    await asApplication(`UPDATE notes SET text = 'b'`)
    expect(await asApplication('SELECT id, serial, text FROM notes')).toEqual([{ id: 1, serial: 1, text: 'b' }])
    await asApplication('DELETE FROM notes')
  })

  it('uses schemas, functions and types that the owner makes later', async () => {
    await asOwner(`
      CREATE SCHEMA billing;
      CREATE TYPE billing.colour AS ENUM ('red');
      CREATE TABLE billing.invoices (colour billing.colour);
      CREATE FUNCTION billing.one() RETURNS int LANGUAGE sql RETURN 1;
      REVOKE EXECUTE ON FUNCTION billing.one() FROM PUBLIC;`)
    await asApplication(`INSERT INTO billing.invoices VALUES ('red')`)
    expect(await asApplication('SELECT billing.one() AS one')).toEqual([{ one: 1 }])
  })

  it.each([
    ['create a table', 'CREATE TABLE public.mine ()'],
    ['create a schema', 'CREATE SCHEMA mine'],
    ['create a database', 'CREATE DATABASE mine'],
    ['truncate', 'TRUNCATE notes'],
    ['alter a table', 'ALTER TABLE notes ADD COLUMN more int'],
    ['turn policies off', 'ALTER TABLE notes DISABLE ROW LEVEL SECURITY'],
    ['become the owner', 'SET ROLE owner_of_notes'],
  ])('may not %s', async (_what, sql) => {
    await asOwner('CREATE TABLE notes (id int)')
    const statement = sql.replace('owner_of_notes', identifier(roles.owner.name))
    await expect(asApplication(statement)).rejects.toMatchObject({ code: '42501' })
  })

  it('may make temporary tables', async () => {
    await asApplication('CREATE TEMPORARY TABLE scratch (id int)')
  })

  it('is bound by the policies of the owner', async () => {
    await asOwner(`
      CREATE TABLE secrets (id int);
      INSERT INTO secrets VALUES (1);
      ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;`)
    expect(await asApplication('SELECT * FROM secrets')).toEqual([])
  })
})

describe('what the owner may do', () => {
  it('owns the database and its public schema, without being a superuser', async () => {
    await createRoles(database.adminUrl, roles)
    await withClient(database.adminUrl, (admin) =>
      admin.query(`ALTER DATABASE ${identifier(database.name)} OWNER TO CURRENT_USER`),
    )
    await createRoles(database.adminUrl, roles)
    await asOwner('DROP SCHEMA public; CREATE SCHEMA public; CREATE TABLE again (); CREATE EXTENSION pg_trgm')
    const [role] = await asOwner('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user')
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false })
    expect(await asApplication('SELECT * FROM again')).toEqual([])
  })
})

describe('called again', () => {
  it('changes the passwords to what it was given', async () => {
    await createRoles(database.adminUrl, roles)
    const changed = { ...roles, application: { ...roles.application, password: 'another' } }
    await createRoles(database.adminUrl, changed)
    await expect(asApplication('SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    expect(await run(urlAs(changed.application), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('takes a password that is not ASCII', async () => {
    roles = { ...roles, application: { ...roles.application, password: 'pässwörd' } }
    await createRoles(database.adminUrl, roles)
    expect(await asApplication('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('leaves alone what a migration has revoked', async () => {
    await createRoles(database.adminUrl, roles)
    await asOwner(
      `CREATE TABLE audit (id int); REVOKE UPDATE, DELETE ON audit FROM ${identifier(roles.application.name)}`,
    )
    await createRoles(database.adminUrl, roles)
    await expect(asApplication('DELETE FROM audit')).rejects.toMatchObject({ code: '42501' })
  })

  it('takes back what the application should not have', async () => {
    await createRoles(database.adminUrl, roles)
    const application = identifier(roles.application.name)
    await run(database.adminUrl, `ALTER ROLE ${application} BYPASSRLS CREATEDB CREATEROLE REPLICATION`)
    await run(database.adminUrl, 'GRANT CREATE ON SCHEMA public TO PUBLIC')
    await createRoles(database.adminUrl, roles)
    const [role] = await asApplication(
      'SELECT rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication AS any FROM pg_roles WHERE rolname = current_user',
    )
    expect(role).toEqual({ any: false })
    await expect(asApplication('CREATE TABLE mine ()')).rejects.toMatchObject({ code: '42501' })
  })

  it('closes a ledger that the default privileges had opened', async () => {
    await createRoles(database.adminUrl, roles)
    await asOwner('CREATE TABLE _prisma_migrations (id int)')
    await createRoles(database.adminUrl, roles)
    await expect(asApplication('SELECT * FROM _prisma_migrations')).rejects.toMatchObject({ code: '42501' })
  })
})

it('grants the tables that stand already, the first time', async () => {
  await run(database.adminUrl, `CREATE ROLE ${identifier(roles.owner.name)} LOGIN`)
  await run(
    database.adminUrl,
    `CREATE SCHEMA old AUTHORIZATION ${identifier(roles.owner.name)};
     CREATE TABLE old.notes (id serial);
     ALTER TABLE old.notes OWNER TO ${identifier(roles.owner.name)};
     CREATE TABLE old.foreign_property (id int)`,
  )
  await createRoles(database.adminUrl, roles)
  await asApplication('INSERT INTO old.notes DEFAULT VALUES')
  await expect(asApplication('SELECT * FROM old.foreign_property')).rejects.toMatchObject({ code: '42501' })
})

it('works when several call it at once, on one database and on two', async () => {
  await using other = await createTestDatabase()
  const urls = [database.adminUrl, other.adminUrl, database.adminUrl, other.adminUrl, database.adminUrl, other.adminUrl]
  await Promise.all(urls.map((url) => createRoles(url, roles)))
  await asOwner('CREATE TABLE notes (id int)')
  expect(await asApplication('SELECT * FROM notes')).toEqual([])
})

it('works for an administrator who is not a superuser', async () => {
  const admin = { name: `${database.name}_admin`, password: 'admin' }
  await run(database.adminUrl, `CREATE ROLE ${admin.name} LOGIN CREATEROLE CREATEDB PASSWORD 'admin'`)
  await run(database.adminUrl, `ALTER DATABASE ${database.name} OWNER TO ${admin.name}`)
  try {
    await createRoles(urlAs(admin), roles)
    await createRoles(urlAs(admin), roles)
    await asOwner('CREATE TABLE notes (id int)')
    expect(await asApplication('SELECT * FROM notes')).toEqual([])
    const refused = { owner: { ...roles.owner, name: 'pg_read_all_data' }, application: roles.application }
    await expect(createRoles(urlAs(admin), refused)).rejects.toThrow()
  } finally {
    await database.drop()
    const server = new URL(database.adminUrl)
    server.pathname = '/postgres'
    await run(
      server.href,
      `DROP ROLE IF EXISTS ${identifier(roles.owner.name)}, ${roles.application.name}, ${admin.name}`,
    )
  }
})

describe('refuses', () => {
  it('one role for both', async () => {
    await expect(
      createRoles(database.adminUrl, { owner: roles.owner, application: { ...roles.owner } }),
    ).rejects.toMatchObject({ code: 'SUB_ROLES_ARE_ONE' })
  })

  it('a superuser, and leaves it one', async () => {
    await expect(
      createRoles(database.adminUrl, { ...roles, owner: { name: 'postgres', password: 'x' } }),
    ).rejects.toMatchObject({ code: 'SUB_ROLE_IS_SUPERUSER' })
    expect(await run(database.adminUrl, `SELECT rolsuper FROM pg_roles WHERE rolname = 'postgres'`)).toEqual([
      { rolsuper: true },
    ])
  })

  it('an application that owns something', async () => {
    await createRoles(database.adminUrl, roles)
    await run(database.adminUrl, `CREATE TABLE its_own (); ALTER TABLE its_own OWNER TO ${roles.application.name}`)
    await expect(createRoles(database.adminUrl, roles)).rejects.toMatchObject({
      code: 'SUB_ROLE_OWNS_OBJECTS',
      details: { databases: [database.name] },
    })
  })

  it('an application that owns something in another database', async () => {
    await using other = await createTestDatabase()
    await createRoles(database.adminUrl, roles)
    await run(other.adminUrl, `CREATE TABLE its_own (); ALTER TABLE its_own OWNER TO ${roles.application.name}`)
    await expect(createRoles(database.adminUrl, roles)).rejects.toMatchObject({
      code: 'SUB_ROLE_OWNS_OBJECTS',
      details: { databases: [other.name] },
    })
    // A database that lets nobody in counts as before.
    await run(database.adminUrl, `ALTER DATABASE ${identifier(other.name)} ALLOW_CONNECTIONS false`)
    await expect(createRoles(database.adminUrl, roles)).rejects.toMatchObject({ details: { databases: [other.name] } })
    await run(database.adminUrl, `ALTER DATABASE ${identifier(other.name)} ALLOW_CONNECTIONS true`)
    await run(other.adminUrl, 'DROP TABLE its_own')
    await run(other.adminUrl, `ALTER DATABASE ${identifier(other.name)} OWNER TO ${roles.application.name}`)
    await expect(createRoles(database.adminUrl, roles)).rejects.toMatchObject({ details: { databases: [other.name] } })
    await run(other.adminUrl, `ALTER DATABASE ${identifier(other.name)} OWNER TO CURRENT_USER`)
  })

  it('not an application that has temporary tables, here or in another database', async () => {
    await using other = await createTestDatabase()
    await createRoles(database.adminUrl, roles)
    await createRoles(other.adminUrl, roles)
    const there = new URL(urlAs(roles.application))
    there.pathname = `/${other.name}`
    const temporary = 'CREATE TEMPORARY TABLE mine (id serial PRIMARY KEY, text text)'
    await withClient(urlAs(roles.application), async (here) => {
      await here.query(temporary)
      await withClient(there.href, async (elsewhere) => {
        await elsewhere.query(temporary)
        await createRoles(database.adminUrl, roles)
      })
    })
  })

  it('an application that can become the owner', async () => {
    await createRoles(database.adminUrl, roles)
    await run(database.adminUrl, `GRANT ${identifier(roles.owner.name)} TO ${roles.application.name}`)
    await expect(createRoles(database.adminUrl, roles)).rejects.toMatchObject({
      code: 'SUB_ROLE_IS_MEMBER',
      details: { of: [roles.owner.name] },
    })
  })

  it('an administrator without the rights', async () => {
    await expect(createRoles(database.url, roles)).rejects.toMatchObject({ code: 'SUB_ROLES_NOT_ALLOWED' })
  })
})

it('sends no password in clear', async () => {
  // PostgreSQL would hash a clear password as this database says; a ready verifier it keeps as it is.
  await run(database.adminUrl, `ALTER DATABASE ${database.name} SET password_encryption = 'md5'`)
  await createRoles(database.adminUrl, roles)
  const rows = await run(database.adminUrl, `SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'md5%'`)
  expect(rows).toEqual([])
})
