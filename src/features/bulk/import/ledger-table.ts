/** The table of resumable imports: made by the owner, written by every role. */
import type { Client } from 'pg'
import { withClient } from '../../../pg/with-client.ts'

/** Whose an import is: the tenant's, or the user's where there is no tenant. Others' tokens are none of theirs. */
export const OWNER = `coalesce('tenant ' || nullif(current_setting('app.tenant_id', true), ''),
  'user ' || nullif(current_setting('app.user_id', true), ''), '')`

/** What it holds are positions, no values. */
const CREATE = `
CREATE SCHEMA IF NOT EXISTS substrata;
CREATE TABLE IF NOT EXISTS substrata.imports (
  owner text NOT NULL DEFAULT ${OWNER},
  token text NOT NULL,
  model text NOT NULL,
  relation oid NOT NULL,
  size bigint,
  position bigint NOT NULL,
  lines bigint NOT NULL,
  rows bigint NOT NULL,
  written bigint NOT NULL,
  bad bigint NOT NULL,
  finished boolean NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner, token)
);
ALTER TABLE substrata.imports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON substrata.imports;
CREATE POLICY own ON substrata.imports USING (owner = (SELECT ${OWNER}));
GRANT USAGE ON SCHEMA substrata TO PUBLIC;
GRANT SELECT, INSERT, UPDATE ON substrata.imports TO PUBLIC`

/**
 * Creates the table in which resumable imports keep their position, as `substrata migrate deploy` does by itself. Twice is
 * harmless. For databases that are migrated by other tools.
 *
 * @param ownerUrl - Of the role that owns the database.
 */
export async function createImportLedger(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, (client) => client.query(CREATE))
}

/** Creates it where it is missing and the role may; who then imports with a token is told what is missing. */
export async function ensureImportLedger(client: Client): Promise<void> {
  const { rows } = await client.query<{ create: boolean }>(
    `SELECT to_regclass('substrata.imports') IS NULL
        AND CASE WHEN to_regnamespace('substrata') IS NULL THEN has_database_privilege(current_database(), 'CREATE')
                 ELSE pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = 'substrata'), 'USAGE') END AS create`,
  )
  if (rows[0]?.create) await client.query(CREATE)
}

/** Where everything is deleted, so is the memory of what was imported. */
export async function dropImportLedger(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, (client) => client.query('DROP TABLE IF EXISTS substrata.imports'))
}
