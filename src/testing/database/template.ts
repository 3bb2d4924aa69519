import { createHash, randomBytes } from 'node:crypto'
import type { ClientBase } from 'pg'
import { createAssumableRoles, createRoles, deployMigrations, readMigrations } from '../../migrate/index.ts'
import { identifier, literal } from '../../pg/sql.ts'
import { sqlStateOf } from '../../pg/sql-state.ts'
import { withClient } from '../../pg/with-client.ts'
import { testRoles, urlOf } from './server.ts'

/** What a test database holds before its first test. */
export interface Contents {
  /** Roles that policies name: the application may become them, as `createAssumableRoles` has it. */
  roles?: readonly string[]
  /** Prisma's migrations directory. */
  migrations?: string
  /** SQL run as the owner, after the migrations. */
  setup?: string
}

/** Names by which a later run knows these databases. A clone's and a draft's go on with the time of their creation. */
const TEMPLATE = 'substrata_template_'
const CLONE = 'substrata_test_'
const DRAFT = 'substrata_draft_'

/** How long a template that nobody uses, or the database of a failed test, stays. */
const KEPT_FOR = 24 * 60 * 60 * 1000

/** The name of the template with these contents: the same in every process, another as soon as a file differs. */
export async function templateName(server: string, { roles = [], migrations, setup }: Contents): Promise<string> {
  const files = migrations === undefined ? [] : await readMigrations(migrations)
  const hash = createHash('sha256').update(JSON.stringify({ files, setup, assumable: roles, roles: testRoles(server) }))
  return TEMPLATE + hash.digest('hex').slice(0, 16)
}

/** A name for a new clone. */
export function cloneName(): string {
  return agedName(CLONE)
}

function agedName(kind: string): string {
  return `${kind}${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`
}

/** Builds the template unless it stands; of several processes one builds and the others wait for it. */
export async function ensureTemplate(
  admin: ClientBase,
  server: string,
  name: string,
  contents: Contents,
): Promise<void> {
  const lock = `hashtextextended(${literal(name)}, 0)`
  await admin.query(`SELECT pg_advisory_lock(${lock})`)
  try {
    if (await exists(admin, name)) return
    await dropStale(admin)
    await build(admin, server, name, contents)
  } finally {
    await admin.query(`SELECT pg_advisory_unlock(${lock})`)
  }
}

async function exists(admin: ClientBase, name: string): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name])
  return rowCount === 1
}

/** Builds under another name: what bears the name of a template is complete, even after a crash in the middle. */
async function build(admin: ClientBase, server: string, name: string, contents: Contents): Promise<void> {
  const draft = agedName(DRAFT)
  await admin.query(`CREATE DATABASE ${identifier(draft)}`)
  try {
    await fill(server, draft, contents)
    await noteUse(admin, draft)
    // Nobody may connect: a template with a session on it cannot be copied.
    await admin.query(`ALTER DATABASE ${identifier(draft)} ALLOW_CONNECTIONS false`)
    await admin.query(`ALTER DATABASE ${identifier(draft)} RENAME TO ${identifier(name)}`)
  } catch (error) {
    await admin.query(`DROP DATABASE IF EXISTS ${identifier(draft)} WITH (FORCE)`)
    throw error
  }
}

async function fill(server: string, database: string, { roles = [], migrations, setup }: Contents): Promise<void> {
  const { owner, application } = testRoles(server)
  await createRoles(urlOf(server, database), { owner, application })
  if (roles.length > 0)
    await createAssumableRoles(urlOf(server, database), { owner: owner.name, application: application.name, roles })
  const ownerUrl = urlOf(server, database, owner)
  if (migrations !== undefined) await deployMigrations({ url: ownerUrl, directory: migrations })
  if (setup !== undefined) await withClient(ownerUrl, (owner) => owner.query(setup))
}

/** Copies the template; false where it does not stand. */
export async function clone(admin: ClientBase, server: string, template: string, name: string): Promise<boolean> {
  const { owner } = testRoles(server)
  try {
    // Copying files beats copying through the write-ahead log for a database this small.
    await admin.query(
      `CREATE DATABASE ${identifier(name)} OWNER ${identifier(owner.name)}
         TEMPLATE ${identifier(template)} STRATEGY FILE_COPY`,
    )
    return true
  } catch (error) {
    if (sqlStateOf(error) === '3D000' || sqlStateOf(error) === '42704') return false
    throw error
  }
}

/** Keeps the time of the last use with the template, coarsely: a write at every clone would be felt. */
export async function noteUse(admin: ClientBase, template: string): Promise<void> {
  const { rows } = await admin.query<{ used: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS used FROM pg_database WHERE datname = $1`,
    [template],
  )
  if (rows.length === 0 || Date.now() - Number(rows[0]?.used ?? 0) < KEPT_FOR / 4) return
  const comment = `COMMENT ON DATABASE ${identifier(template)} IS ${literal(String(Date.now()))}`
  await admin.query(comment).catch((error: unknown) => {
    // "tuple concurrently updated": another process has just noted the same.
    if (sqlStateOf(error) !== 'XX000') throw error
  })
}

/** Drops templates of older migrations, broken-off drafts and databases of failed tests, a day after their last use. */
async function dropStale(admin: ClientBase): Promise<void> {
  const { rows } = await admin.query<{ name: string; used: string | null }>(
    `SELECT datname AS name, shobj_description(oid, 'pg_database') AS used FROM pg_database
      WHERE datname LIKE 'substrata\\_%'`,
  )
  for (const { name, used } of rows) {
    const time = lastUse(name, used)
    if (time === undefined || Date.now() - time < KEPT_FOR) continue
    await admin.query(`DROP DATABASE IF EXISTS ${identifier(name)}`).catch((error: unknown) => {
      // Somebody is still connected to it.
      if (sqlStateOf(error) !== '55006') throw error
    })
  }
}

/** In milliseconds; undefined for what is not ours or tells no time. */
function lastUse(name: string, comment: string | null): number | undefined {
  if (name.startsWith(TEMPLATE) && comment !== null) return Number(comment)
  const created = new RegExp(`^(?:${CLONE}|${DRAFT})([0-9a-z]+)_[0-9a-f]{8}$`).exec(name)?.[1]
  return created === undefined ? undefined : Number.parseInt(created, 36)
}
