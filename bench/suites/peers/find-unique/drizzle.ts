import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { checkPost, type Post, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../connections.ts'
import * as schema from '../drizzle-schema.ts'

export async function prepare(
  { url }: BenchDatabase,
  { prepared }: CaseOptions,
): Promise<PreparedCase<number, Post | undefined>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const db = drizzle(pool, { schema })
  const statement = db.query.posts.findFirst({ where: eq(schema.posts.id, sql.placeholder('id')) }).prepare('post')
  return {
    input: postIds(),
    run: prepared
      ? (id) => statement.execute({ id })
      : async (id) => db.query.posts.findFirst({ where: eq(schema.posts.id, id) }),
    check: checkPost,
    close: () => pool.end(),
  }
}
