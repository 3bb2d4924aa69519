import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ConfigInput,
  createAssumableRoles,
  defineConfig,
  type Substrata,
  type SubstrataOptions,
  substrata,
} from 'substrata'
import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { beforeAll } from 'vitest'
import { migrateDev } from '../../src/migrate/dev/index.ts'
import { withClient } from '../../src/pg/with-client.ts'
import { full } from '../rounds.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { type Schema, schema } from './generated/substrata/index.ts'

export type Db = Substrata<PrismaClient, Schema>

export { schema }

export const auditor = 'attacks_auditor'

/** A database with the tables and policies of the attacks' schema, as `migrate dev` makes them. */
export function useProtectedDatabase(): TestDatabase {
  const database = useTestDatabase()
  beforeAll(async () => {
    await createAssumableRoles(database.adminUrl, {
      owner: userOf(database.ownerUrl),
      application: userOf(database.url),
      roles: [auditor],
    })
    const directory = mkdtempSync(join(tmpdir(), 'substrata-attacks-'))
    const shadow = await createTestDatabase({})
    try {
      await migrateDev({
        url: database.ownerUrl,
        shadowUrl: shadow.ownerUrl,
        schemaPath: join(import.meta.dirname, 'prisma', 'schema.prisma'),
        directory,
        name: async () => 'protect',
      })
    } finally {
      await shadow.drop()
      rmSync(directory, { recursive: true })
    }
  })
  return database
}

function userOf(url: string): string {
  return decodeURIComponent(new URL(url).username)
}

export interface ClientOptions extends Partial<Omit<SubstrataOptions, 'config' | 'schema'>> {
  readonly url: string
  readonly schema?: Schema
  readonly config?: ConfigInput
}

export function openClient({ url, config, ...options }: ClientOptions): Promise<Db> {
  return substrata<PrismaClient, Schema>(PrismaClient, {
    schema,
    config: defineConfig({ environment: 'test', maxConnections: 10, ...config, url }, {}),
    ...options,
  })
}

export const tenants = ['north', 'south'] as const

/** Rows of both tenants, the same but for the tenant: members 1–3 and 11–13, each with a post and a comment of the same id. */
export async function fill(database: TestDatabase): Promise<void> {
  await withClient(database.adminUrl, async (admin) => {
    await admin.query('TRUNCATE members, posts, comments, categories, notes, shares RESTART IDENTITY')
    await admin.query(`
      INSERT INTO categories VALUES (1, 'news');
      INSERT INTO members (id, tenant_id, email)
        SELECT k * 10 + i, t, 'm' || i || '@example.org' FROM unnest('{north,south}'::text[]) WITH ORDINALITY AS x(t, n), LATERAL (SELECT n - 1) AS y(k), generate_series(1, 3) i;
      INSERT INTO posts (id, tenant_id, title, author_id, category_id) SELECT id, tenant_id, tenant_id || ' post ' || id % 10, id, 1 FROM members;
      INSERT INTO comments (id, tenant_id, text, post_id, author_id) SELECT id, tenant_id, tenant_id || ' comment ' || id % 10, id, id FROM members;
      INSERT INTO notes (id, owner_id, text) VALUES (1, 'alice', 'of alice'), (2, 'bob', 'of bob');
      INSERT INTO shares (id, note_id) VALUES (1, 1), (2, 2);
      SELECT setval(pg_get_serial_sequence(t, 'id'), 100) FROM unnest('{members,posts,comments,notes,shares}'::text[]) t`)
  })
}

/** All cases in full rounds; in the usual ones every second, so that each kind is still there. */
export function sampled<Case>(cases: readonly Case[]): Case[] {
  return cases.filter((_, i) => full || i % 2 === 0)
}
