import { join } from 'node:path'
import { Client } from 'pg'
import { createTestDatabase } from 'substrata/testing'
import { benchRoot } from '../../harness/root.ts'
import type { BenchDatabase, BenchServer } from '../../harness/suite.ts'
import { SEED } from './rows.ts'

/** Reads the same rows of the same table past its policies. */
export const ABOVE = { name: 'bench_above', password: 'above' }

/** A million invoices behind the wall that `substrata migrate dev` makes of `@rls.tenant`. */
export async function invoices(server: BenchServer): Promise<BenchDatabase> {
  const database = await createTestDatabase({
    migrations: join(benchRoot, 'suites/rls/prisma/migrations'),
    server: server.url,
  })
  const admin = new Client({ connectionString: database.adminUrl })
  await admin.connect()
  await admin.query(SEED)
  await admin.query('VACUUM ANALYZE invoices')
  await admin.query(`CREATE ROLE ${ABOVE.name} LOGIN BYPASSRLS PASSWORD '${ABOVE.password}'`)
  await admin.query(`GRANT SELECT ON invoices TO ${ABOVE.name}`)
  await admin.end()
  const { url, ownerUrl, adminUrl } = database
  return { url, ownerUrl, adminUrl }
}

/** The database as the role that is above its policies. */
export function aboveUrl(url: string): string {
  const above = new URL(url)
  above.username = ABOVE.name
  above.password = ABOVE.password
  return above.href
}
