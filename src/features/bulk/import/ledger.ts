/**
 * Where resumable imports stand, in the database that they write to: the position is written in the transaction of the rows, so
 * that after a crash no row is written twice and none is missing. The table stands in a schema of its own, which Prisma's
 * tools do not look at.
 */
import type { Caller } from '../../../client/feature.ts'
import { isDatabaseError, type Transaction } from '../../../pg/index.ts'
import { importChanged, importConcurrent, importLedgerMissing } from './errors.ts'
import { OWNER } from './ledger-table.ts'

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
  /** The quoted name of the model's table: a table that was made anew has none of the rows. */
  readonly table: string
  readonly size: number | undefined
}

/** @throws SUB_IMPORT_CHANGED, SUB_IMPORT_LEDGER_MISSING */
export async function readStanding({ execute }: Caller, { token, model, table, size }: Ledger): Promise<Standing> {
  const text = `SELECT model = $2 AND size IS NOT DISTINCT FROM $3::bigint AND relation = to_regclass($4)::oid,
    position, lines, rows, written, bad, finished FROM substrata.imports WHERE token = $1 AND owner = ${OWNER}`
  const { rows } = await execute({ text, values: [token, model, sizeText(size), table] }).catch(missing)
  const [row] = rows
  if (row === undefined) return beginning
  const [isSame, position, lines, read, written, bad, finished] = row
  if (isSame !== 't') throw importChanged({ token })
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
  { token, model, table, size }: Ledger,
  before: Standing,
  after: Standing,
): Promise<void> {
  const { position, lines, rows, written, bad, finished } = after
  const text = `INSERT INTO substrata.imports AS import (token, model, relation, size, position, lines, rows, written, bad, finished)
    SELECT $1, $2, to_regclass($11)::oid, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::boolean
     WHERE $10::bigint = 0 OR EXISTS (SELECT FROM substrata.imports WHERE token = $1 AND owner = ${OWNER})
    ON CONFLICT (owner, token) DO UPDATE SET position = excluded.position, lines = excluded.lines, rows = excluded.rows,
      written = excluded.written, bad = excluded.bad, finished = excluded.finished, changed_at = now()
     WHERE import.position = $10::bigint AND NOT import.finished`
  const numbers = [position, lines, rows, written, bad].map(String)
  const values = [token, model, sizeText(size), ...numbers, String(finished), String(before.position), table]
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
