import { asc, gt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'
import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../connections.ts'
import * as schema from '../drizzle-schema.ts'

export async function prepare(
  { url }: BenchDatabase,
  { prepared }: CaseOptions,
): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS })
  const db = drizzle(pool, { schema })
  const page = { orderBy: asc(schema.posts.id), limit: PAGE, with: { author: true } } as const
  const statement = db.query.posts
    .findMany({ ...page, where: gt(schema.posts.id, sql.placeholder('after')) })
    .prepare('page')
  return {
    input: postIds(),
    run: prepared
      ? (after) => statement.execute({ after })
      : async (after) => db.query.posts.findMany({ ...page, where: gt(schema.posts.id, after) }),
    check: checkPage,
    close: () => pool.end(),
  }
}
