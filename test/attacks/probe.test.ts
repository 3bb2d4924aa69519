import type { Client } from 'pg'
import { checkRowSecurity, explainPolicies } from 'substrata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { auditor, fill, openClient, schema, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()
const usual = ['policy-always-true public on public.shares', 'policy-always-true public on public.shares']

async function findings(url = database.url) {
  return withClient(url, (client) => checkRowSecurity(async (sql) => (await client.query(sql)).rows, schema))
}

async function asOwner<T>(work: (owner: Client) => Promise<T>): Promise<T> {
  return withClient(database.ownerUrl, work)
}

it('finds nothing but the policy that is meant to be always true', async () => {
  const found = await findings()
  expect(found.map(({ check, object }) => `${check} ${object}`)).toEqual(usual)
})

describe('each fault is found, and its mend mends it', () => {
  it.each<[check: string, object: string, fault: string, undo?: string]>([
    ['not-enabled', 'public.posts', 'ALTER TABLE posts DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY'],
    ['not-forced', 'public.posts', 'ALTER TABLE posts NO FORCE ROW LEVEL SECURITY'],
    ['policy-missing', 'own on public.notes', 'DROP POLICY own ON notes'],
    [
      'policy-without-index',
      'tenant_wall on public.members',
      'DROP INDEX members_tenant_id_email_key; ALTER TABLE posts DROP CONSTRAINT "posts_tenant_id_author_id_fkey"; ALTER TABLE comments DROP CONSTRAINT "comments_tenant_id_author_id_fkey"; DROP INDEX members_tenant_id_id_key',
    ],
    ['function-unwrapped', 'own on public.notes', 'ALTER POLICY own ON notes USING (owner_id = current_user_id())'],
    [
      'function-unwrapped',
      'own on public.notes',
      `ALTER POLICY own ON notes USING (owner_id = (SELECT current_user_id()) OR length(current_setting('a.b', true)) = 3)`,
      'ALTER POLICY own ON notes USING (owner_id = (SELECT current_user_id()))',
    ],
    ['function-volatile', 'own on public.notes', 'ALTER FUNCTION current_user_id() VOLATILE'],
    [
      'view-without-invoker',
      'public.all_notes',
      'CREATE VIEW notes_view WITH (security_invoker = true) AS SELECT * FROM notes; CREATE VIEW all_notes AS SELECT * FROM notes_view',
      'DROP VIEW all_notes; DROP VIEW notes_view',
    ],
    [
      'materialized-view',
      'public.kept',
      'CREATE MATERIALIZED VIEW kept AS SELECT * FROM notes',
      'DROP MATERIALIZED VIEW kept',
    ],
    ['partition-open', 'public.late_posts', 'CREATE TABLE late_posts () INHERITS (posts)', 'DROP TABLE late_posts'],
  ])('%s', async (check, object, fault, undo) => {
    await asOwner((owner) => owner.query(fault))
    const found = (await findings()).filter((each) => each.check === check && each.object === object)
    expect(found.length).toBeGreaterThan(0)
    await asOwner(async (owner) => {
      for (const { mend } of found) await owner.query(mend)
    })
    expect((await findings()).map((each) => `${each.check} ${each.object}`)).toEqual(usual)
    if (undo) await asOwner((owner) => owner.query(undo))
  })

  describe('of the role: the client does not start', () => {
    const name = `attacks_login_${process.pid}`
    const admin = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql))
    const url = () => Object.assign(new URL(database.url), { username: name, password: 'attack' }).href
    beforeAll(() =>
      admin(
        `CREATE ROLE ${name} LOGIN PASSWORD 'attack'; CREATE ROLE ${name}_above BYPASSRLS;
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
      ),
    )
    afterAll(() => admin(`DROP OWNED BY ${name}; DROP ROLE ${name}; DROP ROLE ${name}_above`))

    it.each([
      ['superuser', `ALTER ROLE ${name} SUPERUSER`],
      ['bypassrls', `ALTER ROLE ${name} BYPASSRLS`],
      ['role-bypasses', `GRANT ${name}_above TO ${name}`],
      ['role-inherited', `GRANT ${auditor} TO ${name}`],
    ])('%s', async (check, fault) => {
      await admin(fault)
      const found = (await findings(url())).filter((each) => each.severity === 'error')
      expect(found.map((each) => each.check)).toEqual([check])
      await expect(openClient({ url: url() })).rejects.toMatchObject({
        code: 'SUB_ROW_SECURITY_VOID',
        message: expect.stringContaining(found[0]?.mend ?? ''),
      })
      for (const { mend } of found) await admin(mend)
      await using db = await openClient({ url: url() })
      expect(await db.category.count()).toBe(0)
    })
  })

  it('the owner of a table without FORCE does not start', async () => {
    await asOwner((owner) => owner.query('ALTER TABLE notes NO FORCE ROW LEVEL SECURITY'))
    await expect(openClient({ url: database.ownerUrl })).rejects.toMatchObject({ code: 'SUB_ROW_SECURITY_VOID' })
    await using trusting = await openClient({ url: database.ownerUrl, checkRowSecurity: false })
    expect(await trusting.category.count()).toBe(0)
    await asOwner((owner) => owner.query('ALTER TABLE notes FORCE ROW LEVEL SECURITY'))
  })

  it('a policy that calls what is built in and volatile, and a table without policies', async () => {
    await asOwner((owner) =>
      owner.query(
        'ALTER TABLE categories ENABLE ROW LEVEL SECURITY; CREATE POLICY odd ON notes AS RESTRICTIVE USING (random() < 2)',
      ),
    )
    expect((await findings()).map(({ check, object }) => `${check} ${object}`)).toEqual(
      expect.arrayContaining(['no-policies public.categories', 'function-volatile odd on public.notes']),
    )
    await asOwner((owner) => owner.query('ALTER TABLE categories DISABLE ROW LEVEL SECURITY; DROP POLICY odd ON notes'))
  })
})

describe('explainPolicies', () => {
  beforeAll(() => fill(database))
  const own = {
    name: 'own',
    to: ['public'],
    condition: '(owner_id = ( SELECT current_user_id() AS current_user_id))',
  }

  it('says what applies to whom', async () => {
    await using db = await openClient({ url: database.url })
    const alice = await explainPolicies(db, schema, 'Note', { userId: 'alice' })
    expect(alice).toMatchObject({
      userId: 'alice',
      tenantId: null,
      select: { rows: { permits: [own], restricts: [] } },
    })
    expect(alice.bypassed).toBeUndefined()
    const audit = await explainPolicies(db, schema, 'Note', { role: auditor })
    expect(audit.role).toBe(auditor)
    expect(audit.select.rows?.permits.map(({ name }) => name)).toEqual(['audit', 'own'])
    expect(audit.update.rows?.permits.map(({ name }) => name)).toEqual(['own'])
    expect(await explainPolicies(db, schema, 'Category', {})).toMatchObject({ bypassed: 'not enabled' })
    await expect(explainPolicies(db, schema, 'Nothing', {})).rejects.toThrow('there is no model Nothing')
  })
})
