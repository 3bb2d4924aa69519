import { DatabaseError } from 'pg'
import { withConnection } from './connect.ts'
import { parseConnection } from './connection.ts'
import { replayFailed } from './errors.ts'
import { readMigrations } from './migrations.ts'
import { lineAt } from './script-position.ts'

/**
 * Runs a whole migration history in an empty database, each file as one script, as Prisma runs it. No ledger is written.
 *
 * @throws SubstrataError SUB_MIGRATION_REPLAY_FAILED with the migration and the line.
 */
export async function replayMigrations(url: string, directory: string): Promise<void> {
  await withConnection(parseConnection(url), async (client) => {
    for (const { path, migrationFile } of readMigrations(directory).migrationDirectories) {
      const { content } = migrationFile
      if (content.tag === 'error') throw replayFailed({ migration: path, line: undefined, reason: content.value })
      try {
        await client.query(content.value)
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error
        const line = error.position === undefined ? undefined : lineAt(content.value, Number(error.position))
        throw replayFailed({ migration: path, line, reason: error.message }, { cause: error })
      }
    }
  })
}
