import { checkPage, PAGE, type PostWithAuthor, postIds } from '../../../blog/rows.ts'
import type { BenchDatabase, PreparedCase } from '../../../harness/suite.ts'
import { nest } from '../joined-row.ts'
import { openKysely } from '../kysely-tables.ts'

export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<number, PostWithAuthor[]>> {
  const db = openKysely(url)
  return {
    input: postIds(),
    run: async (after) => {
      const rows = await db
        .selectFrom('posts as p')
        .innerJoin('users as u', 'u.id', 'p.author_id')
        .select(['p.id', 'p.title', 'p.views', 'p.published', 'p.created_at as createdAt', 'p.author_id as authorId'])
        .select(['u.id as userId', 'u.email', 'u.name', 'u.created_at as userCreatedAt'])
        .where('p.id', '>', after)
        .orderBy('p.id')
        .limit(PAGE)
        .execute()
      return rows.map(nest)
    },
    check: checkPage,
    close: () => db.destroy(),
  }
}
