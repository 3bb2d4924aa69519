import { boolean, field, file, list, optional, sql } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'

export const viewMaterialized = defineAnnotation({
  name: 'view.materialized',
  on: ['view'],
  arguments: {
    sql: optional(sql, 'The query, in place.'),
    file: optional(file, 'A file with the query, relative to the schema file that names it.'),
    unique: optional(
      list(field),
      'The fields of a unique index over the view; without one it cannot be refreshed concurrently.',
    ),
    public: optional(
      boolean,
      'True: whoever may select from the view may know what it tells of tables with policies, so nothing warns of it.',
    ),
  },
  summary: 'A materialized view: the view’s rows are stored and refreshed.',
  example: `/// @view.materialized(unique: [authorId], sql: """
///   SELECT author_id, count(*) AS posts
///   FROM posts
///   GROUP BY author_id
/// """)
view AuthorStatistics {
  authorId Int @unique @map("author_id")
  posts    BigInt

  @@map("author_statistics")
}`,
  check({ sql, file }) {
    if (sql === undefined && file === undefined) return { message: 'it needs `sql` or `file`' }
    if (sql !== undefined && file !== undefined)
      return { argument: 'file', message: 'it takes `sql` or `file`, not both' }
    return undefined
  },
})
