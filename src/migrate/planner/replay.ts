import { type Client, DatabaseError } from 'pg'
import { identifier } from '../../pg/sql.ts'
import { withClient } from '../../pg/with-client.ts'
import { parseTarget } from '../deploy.ts'
import type { Migration } from '../directory.ts'
import { lineAt, replayFailed, withShadowDatabase } from '../engine/index.ts'

/** A shadow database that holds what migrations have made, and nothing else. */
export interface Shadow {
  readonly client: Client
  readonly url: string
}

export interface ShadowOptions {
  readonly url: string
  readonly shadowUrl?: string | undefined
}

/**
 * Runs the work in a shadow database of its own.
 *
 * @throws SUB_ENGINE_CONNECTION when there can be none.
 */
export async function withShadow<Result>(
  { url, shadowUrl }: ShadowOptions,
  work: (shadow: Shadow) => Promise<Result>,
): Promise<Result> {
  return withShadowDatabase({ url, ...(shadowUrl !== undefined && { shadowUrl }) }, async (opened) => {
    const shadow = withSchemaOf(url, opened)
    const { session, schema } = parseTarget(shadow)
    return withClient(session, async (client) => {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`)
      return work({ client, url: shadow })
    })
  })
}

/** A shadow database that was given must have the same search path as the database it stands for. */
function withSchemaOf(url: string, shadowUrl: string): string {
  const shadow = new URL(shadowUrl)
  const schema = new URL(url).searchParams.get('schema')
  if (schema === null) shadow.searchParams.delete('schema')
  else shadow.searchParams.set('schema', schema)
  return shadow.href
}

/**
 * Runs migrations as they would be deployed: each whole file as one script, on a connection of its own.
 *
 * @throws SUB_MIGRATION_REPLAY_FAILED with the migration and the line.
 */
export async function replay({ url }: Shadow, migrations: readonly Migration[]): Promise<void> {
  const { session } = parseTarget(url)
  await withClient(session, async (client) => {
    for (const { name, sql } of migrations) {
      try {
        await client.query(sql)
      } catch (cause) {
        if (!(cause instanceof DatabaseError)) throw cause
        const line = cause.position === undefined ? undefined : lineAt(sql, Number(cause.position))
        throw replayFailed({ migration: name, line, reason: cause.message }, { cause })
      }
      // A file may have left settings behind, such as pg_dump's empty search path.
      await client.query('RESET ALL')
    }
  })
}
