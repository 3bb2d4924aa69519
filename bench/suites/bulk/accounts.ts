import { deepEqual, equal, ok } from 'node:assert/strict'
import { Client } from 'pg'

export interface NewAccount {
  readonly email: string
  readonly name: string
}

/** Accounts of a call. Every second one is there already, under another name. */
export const ACCOUNTS = 100_000
/** For Prisma's loop, which takes a minute for all. */
export const FEW_ACCOUNTS = 5_000

/** Rows of the imported file. */
export const IMPORTED = 1_000_000

export function emailOf(n: number): string {
  return `account-${n}@example.com`
}

/** In an order that is the same for all, and none that an index has. */
export function newAccounts(count: number): NewAccount[] {
  return shuffled(count).map((n) => ({ email: emailOf(n), name: `Account ${n}` }))
}

/** Steps of a prime meet every number once. */
function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7_919 + 13) % count)
}

/** The table as every call finds it: vacuumed, analysed, half of the accounts in it. */
export async function resetAccounts(client: Client, count: number): Promise<void> {
  await client.query('TRUNCATE accounts')
  await client.query(
    `INSERT INTO accounts (id, email, name, created_at, updated_at)
     SELECT 'old-' || n, 'account-' || n || '@example.com', 'Old ' || n, '2026-01-01', '2026-01-01'
       FROM generate_series(0, $1 - 1, 2) AS n ORDER BY md5(n::text)`,
    [count],
  )
  await client.query('VACUUM ANALYZE accounts')
}

/** Every row: renamed or new, the old ones under their ids. */
export async function checkAccounts(client: Client, count: number): Promise<void> {
  const { rows } = await client.query<{ id: string; email: string; name: string; created: boolean; updated: boolean }>(
    `SELECT id, email, name, created_at > '2026-01-02' AS created, updated_at > '2026-01-02' AS updated FROM accounts`,
  )
  equal(rows.length, count)
  const byEmail = new Map(rows.map((row) => [row.email, row]))
  for (let n = 0; n < count; n++) {
    const row = byEmail.get(emailOf(n))
    ok(row)
    const { id, ...rest } = row
    deepEqual(rest, { email: emailOf(n), name: `Account ${n}`, created: n % 2 === 1, updated: true })
    if (n % 2 === 0) equal(id, `old-${n}`)
    else ok(id.length > 20)
  }
}

export async function openOwner(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}
