import type { Client } from 'pg'

interface Index {
  readonly name: string
  readonly definition: string
  readonly comment: string | null
}

/**
 * Does the work with the tables' indexes taken off, but for those of keys, and makes them again: of a full table an index over words
 * is made in a fraction of the time that as many inserts into it take. Inside the caller's transaction, so that nobody ever sees the
 * tables without them.
 */
export async function withoutIndexes(client: Client, tables: readonly string[], work: () => Promise<void>) {
  const { rows } = await client.query<Index>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition,
            quote_literal(obj_description(indexrelid, 'pg_class')) AS comment
       FROM pg_index
      WHERE NOT indisunique AND indrelid::regclass::text = ANY ($1)
      ORDER BY 1`,
    [tables],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  await work()
  for (const { name, definition, comment } of rows) {
    await client.query(definition)
    if (comment !== null) await client.query(`COMMENT ON INDEX ${name} IS ${comment}`)
  }
}
