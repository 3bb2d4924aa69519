import type { Client } from 'pg'

interface ForeignKey {
  readonly table: string
  readonly name: string
  readonly definition: string
}

/**
 * Does the work with the tables' foreign keys taken off, and puts them back: checking all rows at once costs a tenth of checking
 * each as it comes. Inside the caller's transaction, so that nobody ever sees the tables without them.
 */
export async function withoutForeignKeys(client: Client, tables: readonly string[], work: () => Promise<void>) {
  const { rows } = await client.query<ForeignKey>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint
      WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1)
      ORDER BY 1, 2`,
    [tables],
  )
  for (const { table, name } of rows) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`)
  await work()
  for (const { table, name, definition } of rows)
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`)
}
