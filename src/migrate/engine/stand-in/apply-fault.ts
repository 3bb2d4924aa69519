import type { ScriptFailure } from '../adapter.ts'
import { type PrismaFault, prismaFault } from '../prisma-fault.ts'
import { lineAt } from '../script-position.ts'

const CONTEXT_LINES = 5

/**
 * A migration that the database refused, as P3018 with the place in the script. Through an adapter the engine gives only the
 * database's message and its own trace.
 */
export function applyFault(error: unknown, failure: ScriptFailure | undefined): unknown {
  const migration = error instanceof Error ? /migration_name="([^"]+)"/.exec(error.message)?.[1] : undefined
  if (migration === undefined || failure === undefined) return error
  return migrationFailed(migration, failure, error)
}

function migrationFailed(migration: string, { script, error }: ScriptFailure, cause: unknown): PrismaFault {
  const code = error.code ?? 'none'
  const hints = [error.detail && `DETAIL: ${error.detail}`, error.hint && `HINT: ${error.hint}`].filter(Boolean)
  const place = error.position === undefined ? '' : `\n\nPosition:\n${excerpt(script, Number(error.position))}`
  const databaseError = `${[`ERROR: ${error.message}`, ...hints].join('\n')}${place}`
  return prismaFault(
    'P3018',
    `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\nMigration name: ${migration}\n\nDatabase error code: ${code}\n\nDatabase error:\n${databaseError}`,
    { migration_name: migration, database_error_code: code, database_error: databaseError },
    cause,
  )
}

function excerpt(script: string, position: number): string {
  const last = lineAt(script, position)
  const lines = script.split('\n').slice(Math.max(0, last - 1 - CONTEXT_LINES), last)
  const first = last - lines.length + 1
  return lines.map((line, index) => `${String(first + index).padStart(3)} ${line}`).join('\n')
}
