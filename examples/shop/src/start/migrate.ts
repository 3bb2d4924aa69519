import { fileURLToPath } from 'node:url'
import { escapeIdentifier } from 'pg'
import { deployMigrations } from 'substrata'
import { shopTables } from '../seed/index.ts'
import { withClient } from './connection.ts'
import type { ShopDatabase } from './database.ts'
import { ensureRoles } from './ensure-roles.ts'

export const migrationsDirectory = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/** Brings the tables up to date, as their owner. */
export async function migrate(database: ShopDatabase, say: (line: string) => void): Promise<void> {
  if (!database.own) await ensureRoles(database)
  const { applied } = await deployMigrations({
    url: database.ownerUrl,
    directory: migrationsDirectory,
    onApply: (name) => say(`Applying the migration ${name}`),
  })
  // On a database of its own, the roles' default privileges see to this.
  if (applied.length > 0 && !database.own) await grantApplication(database)
}

async function grantApplication({ url, ownerUrl }: ShopDatabase): Promise<void> {
  const role = await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT current_user AS name')
    return rows[0]!.name
  })
  await withClient(ownerUrl, async (client) => {
    const { rowCount } = await client.query('SELECT WHERE current_user = $1', [role])
    if (rowCount === 1) return
    await client.query(`GRANT USAGE ON SCHEMA public TO ${escapeIdentifier(role)}`)
    const tables = [...shopTables, 'spent_tokens'].map(escapeIdentifier).join(', ')
    await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables} TO ${escapeIdentifier(role)}`)
  })
}
