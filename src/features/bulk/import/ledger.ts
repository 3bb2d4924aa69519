/**
 * Where resumable imports stand, in the database that they write to: the position is written in the transaction of the rows, so
 * that after a crash no row is written twice and none is missing. The table stands in a schema of its own, which Prisma's
 * tools do not look at.
 */
import type { Caller } from '../../../client/feature.ts'
import { isDatabaseError, type Transaction, withClient } from '../../../pg/index.ts'
import { importChanged, importConcurrent, importLedgerMissing } from './errors.ts'

/** Whose an import is: the tenant's, or the user's where there is no tenant. Others' tokens are none of theirs. */
const OWNER = `coalesce('tenant ' || nullif(current_setting('app.tenant_id', true), ''),
  'user ' || nullif(current_setting('app.user_id', true), ''), '')`

/** Every role may keep its imports there; what it holds are positions, no values. */
const CREATE = `
CREATE SCHEMA IF NOT EXISTS substrata;
CREATE TABLE IF NOT EXISTS substrata.imports (
  owner text NOT NULL DEFAULT ${OWNER},
  token text NOT NULL,
  model text NOT NULL,
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
 * Creates the table in which resumable imports keep their position. Twice is harmless.
 *
 * @param ownerUrl - Of the role that owns the database.
 */
export async function createImportLedger(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, (client) => client.query(CREATE))
}

/** How far an import is. */
export interface Standing {
  /** Bytes of the source that are done with. */
  readonly position: number
  readonly lines: number
  /** Rows read, written and refused so far. */
  readonly rows: number
  readonly written: number
  readonly bad: number
  readonly finished: boolean
}

export const beginning: Standing = { position: 0, lines: 0, rows: 0, written: 0, bad: 0, finished: false }

export interface Ledger {
  readonly token: string
  readonly model: string
  readonly size: number | undefined
}

/** @throws SUB_IMPORT_CHANGED, SUB_IMPORT_LEDGER_MISSING */
export async function readStanding({ execute }: Caller, { token, model, size }: Ledger): Promise<Standing> {
  const text = `SELECT model, size, position, lines, rows, written, bad, finished
    FROM substrata.imports WHERE token = $1 AND owner = ${OWNER}`
  const { rows } = await execute({ text, values: [token] }).catch(missing)
  const [row] = rows
  if (row === undefined) return beginning
  const [ofModel, ofSize, position, lines, read, written, bad, finished] = row
  if (ofModel !== model || ofSize !== sizeText(size)) throw importChanged({ token })
  return {
    position: Number(position),
    lines: Number(lines),
    rows: Number(read),
    written: Number(written),
    bad: Number(bad),
    finished: finished === 't',
  }
}

/**
 * Moves on, in the transaction of the rows that it moves past.
 *
 * @throws SUB_IMPORT_CONCURRENT where somebody else has moved it meanwhile
 */
export async function writeStanding(
  tx: Transaction,
  { token, model, size }: Ledger,
  before: Standing,
  after: Standing,
): Promise<void> {
  const { position, lines, rows, written, bad, finished } = after
  const text = `INSERT INTO substrata.imports AS import (token, model, size, position, lines, rows, written, bad, finished)
    SELECT $1, $2, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::boolean
     WHERE $10::bigint = 0 OR EXISTS (SELECT FROM substrata.imports WHERE token = $1 AND owner = ${OWNER})
    ON CONFLICT (owner, token) DO UPDATE SET position = excluded.position, lines = excluded.lines, rows = excluded.rows,
      written = excluded.written, bad = excluded.bad, finished = excluded.finished, changed_at = now()
     WHERE import.position = $10::bigint AND NOT import.finished`
  const numbers = [position, lines, rows, written, bad].map(String)
  const values = [token, model, sizeText(size), ...numbers, String(finished), String(before.position)]
  const { count } = await tx.execute({ text, values })
  if (count !== 1) throw importConcurrent({ token })
}

function sizeText(size: number | undefined): string | null {
  return size === undefined ? null : String(size)
}

/** undefined_table, invalid_schema_name, insufficient_privilege; a call of ours is explained in Prisma's words. */
function missing(error: unknown): never {
  const told = error instanceof Error ? error : undefined
  const codes = ['P2021', 'P2022', 'P1010']
  const code = (told as { code?: string } | undefined)?.code ?? ''
  if (isDatabaseError(error) || codes.includes(code)) throw importLedgerMissing({}, { cause: error })
  throw error
}
