import { Client, escapeIdentifier } from 'pg'
import { copyTable } from './copy.ts'
import { withoutForeignKeys } from './foreign-keys.ts'
import { withoutIndexes } from './indexes.ts'
import { planSeed, type SeedPlan } from './plan.ts'
import { abovePolicies } from './policies.ts'
import type { Progress } from './progress.ts'
import { seedTables } from './tables.ts'

export { planSeed, type SeedPlan } from './plan.ts'
export { type Progress, showProgress } from './progress.ts'

/** The shop's tables, each after the ones it refers to. */
export const shopTables: readonly string[] = seedTables(planSeed({ scale: 0 })).map(({ name }) => name)

export interface SeedOptions {
  /** A role that owns the shop's tables. */
  url: string
  plan: SeedPlan
  /** Empties the shop's tables first. Without it, tables that hold anything are left as they are. */
  replace?: boolean
  progress?: (total: number) => Progress
  signal?: AbortSignal
  /** Characters sent at a time; the rows do not depend on it. */
  chunk?: number
}

/**
 * Writes the shop's data in one transaction: whatever interrupts it, the tables hold all of it or what they held before.
 *
 * @returns 'kept' when the tables already held something.
 */
export async function seedShop(options: SeedOptions): Promise<'seeded' | 'kept'> {
  const client = new Client({ connectionString: options.url, application_name: 'shop seed' })
  // A lost connection fails the statement that runs; without a listener it would also end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query("SET LOCAL TIME ZONE 'UTC'")
    await client.query("SET LOCAL maintenance_work_mem = '256MB'")
    // Until COMMIT nobody else reads or writes these tables, and a second seeder waits here.
    await client.query(`LOCK TABLE ${names} IN ACCESS EXCLUSIVE MODE`)
    const result = await abovePolicies(client, shopTables, () => fill(client, options))
    await client.query('COMMIT')
    if (result === 'seeded') await client.query('SELECT refresh_daily_post_stats(NULL)')
    return result
  } finally {
    // An open transaction ends with its connection.
    await client.end()
  }
}

async function fill(client: Client, options: SeedOptions): Promise<'seeded' | 'kept'> {
  if (!options.replace && (await holdsAnything(client))) return 'kept'
  await client.query(`TRUNCATE ${names}`)
  await withoutForeignKeys(client, shopTables, () => withoutIndexes(client, shopTables, () => copyAll(client, options)))
  await client.query(`ANALYZE ${names}`)
  return 'seeded'
}

const names = shopTables.map(escapeIdentifier).join(', ')

/** True when any of the shop's tables has a row. */
export async function holdsAnything(client: Client): Promise<boolean> {
  const any = shopTables.map((name) => `EXISTS (SELECT FROM ${escapeIdentifier(name)})`).join(' OR ')
  const { rows } = await client.query<{ any: boolean }>(`SELECT ${any} AS any`)
  return rows[0]?.any === true
}

async function copyAll(client: Client, { plan, progress, signal, chunk }: SeedOptions): Promise<void> {
  const tables = seedTables(plan)
  const shown = progress?.(tables.reduce((sum, { steps }) => sum + steps, 0))
  try {
    for (const table of tables) {
      shown?.part(table.name)
      await copyTable(client, table, {
        onSteps: (steps) => shown?.advance(steps),
        signal: signal ?? new AbortController().signal,
        ...(chunk !== undefined && { chunk }),
      })
    }
  } finally {
    shown?.end()
  }
}
