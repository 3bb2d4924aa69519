import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { CONNECTIONS } from './connections.ts'

export interface Tables {
  users: { id: number; email: string; name: string | null; created_at: Date }
  posts: { id: number; title: string; views: number; published: boolean; created_at: Date; author_id: number }
}

export function openKysely(url: string): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: CONNECTIONS }) }),
  })
}
