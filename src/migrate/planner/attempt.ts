import { type Client, DatabaseError } from 'pg'

/**
 * Runs statements, and returns why PostgreSQL refused them where it did. The extended protocol takes one statement at a time: SQL of
 * an annotation in which a second one hides is refused.
 */
export async function attempt(client: Client, statements: readonly string[]): Promise<DatabaseError | undefined> {
  try {
    for (const text of statements) {
      const query = { text, queryMode: 'extended' }
      await client.query(query)
    }
    return undefined
  } catch (error) {
    await client.query('ROLLBACK')
    if (error instanceof DatabaseError) return error
    throw error
  }
}

/** What is missing may be made later: a table, a column, a function, a type. */
export function lacksSomething({ code }: DatabaseError): boolean {
  return ['42P01', '42703', '42883', '42704', '3F000'].includes(code ?? '')
}
