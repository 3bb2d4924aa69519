import type { Client } from 'pg'
import type { TestDatabase } from 'substrata/testing'
import { withClient } from '../../src/pg/with-client.ts'

/** All that belongs to a tenant, and every reference from another tenant's rows to it, as one text. */
export async function stateOf(database: TestDatabase, tenant: string): Promise<string> {
  return withClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query<{ state: string }>(
      `SELECT json_build_array(
         (SELECT json_agg(m ORDER BY id) FROM members m WHERE tenant_id = $1),
         (SELECT json_agg(p ORDER BY id) FROM posts p WHERE tenant_id = $1),
         (SELECT json_agg(c ORDER BY id) FROM comments c WHERE tenant_id = $1),
         (SELECT json_agg(p.id ORDER BY p.id) FROM posts p JOIN members m ON m.id = p.author_id
           WHERE p.tenant_id <> $1 AND m.tenant_id = $1),
         (SELECT json_agg(c.id ORDER BY c.id) FROM comments c JOIN posts p ON p.id = c.post_id
           WHERE c.tenant_id <> $1 AND p.tenant_id = $1))::text AS state`,
      [tenant],
    )
    return rows[0]?.state ?? ''
  })
}

/** Turns policies off and on again around work, to show that an attack succeeds without them. */
export async function withoutPolicies(database: TestDatabase, work: () => Promise<void>): Promise<void> {
  const each = (owner: Client, change: string) =>
    owner.query(['members', 'posts', 'comments', 'notes'].map((table) => `ALTER TABLE ${table} ${change}`).join(';'))
  await withClient(database.ownerUrl, (owner) => each(owner, 'DISABLE ROW LEVEL SECURITY'))
  try {
    await work()
  } finally {
    await withClient(database.ownerUrl, (owner) => each(owner, 'ENABLE ROW LEVEL SECURITY'))
  }
}
