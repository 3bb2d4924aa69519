import { type Client, escapeIdentifier } from 'pg'

/**
 * Does the work above the tables' policies, as their owner, and puts those back over the owner: COPY knows no policies, and an
 * owner below them sees no row. Inside the caller's transaction, so that nobody ever sees the tables without them.
 */
export async function abovePolicies<T>(client: Client, tables: readonly string[], work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE relforcerowsecurity AND oid = ANY ($1::regclass[])',
    [tables.map(escapeIdentifier)],
  )
  for (const { name } of rows) await client.query(`ALTER TABLE ${escapeIdentifier(name)} NO FORCE ROW LEVEL SECURITY`)
  const result = await work()
  for (const { name } of rows) await client.query(`ALTER TABLE ${escapeIdentifier(name)} FORCE ROW LEVEL SECURITY`)
  return result
}
