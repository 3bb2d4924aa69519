import { Pool } from 'pg'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { checkDays, type DailyStatistics, from, to } from './days.ts'

const text = `
SELECT date_trunc('day', created_at AT TIME ZONE 'UTC')::date::timestamptz AS day, count(*)::int AS posts,
       count(DISTINCT author_id)::int AS authors, avg(length(content))::float8 AS length
  FROM posts WHERE created_at >= $1 AND created_at < $2::timestamptz + interval '1 day' AND published
 GROUP BY 1 ORDER BY 1 DESC`

/** From the posts themselves, at each call. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<unknown, DailyStatistics[]>> {
  const pool = new Pool({ connectionString: url, max: 1, options: '-c TimeZone=UTC' })
  return {
    run: async () => (await pool.query<DailyStatistics>(text, [from, to])).rows,
    check: checkDays,
    close: () => pool.end(),
  }
}
