import { type Client, DatabaseError } from 'pg'
import { answerOf } from '../../pg/answer.ts'
import { migrationImpossible } from './errors.ts'

/**
 * Runs a new migration on the development database and takes it back, because its rows may not allow what an empty shadow
 * database did: then nothing is to be written, and no failure to be resolved. A script that commits cannot be tried.
 *
 * @throws SUB_MIGRATION_IMPOSSIBLE
 */
export async function tryOnRows(client: Client, sql: string): Promise<void> {
  if (/\bcommit\b/i.test(sql)) return
  await client.query('BEGIN')
  try {
    await client.query(sql)
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause
    throw migrationImpossible({ reasons: [`${answerOf(cause)} (SQLSTATE ${cause.code}).`] }, { cause })
  } finally {
    await client.query('ROLLBACK')
  }
}
