import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { featureAnnotations } from '../../features/annotations.ts'
import { withClient } from '../../pg/with-client.ts'
import { loadSchema, readSchema } from '../../schema/index.ts'
import { describeDatabase } from '../catalogue/index.ts'
import { deployMigrations, parseTarget } from '../deploy.ts'
import { readMigrations } from '../directory.ts'
import { namesIn } from '../objects/index.ts'
import {
  type AskRename,
  type Loss,
  type PlanOptions,
  planMigration,
  type Rename,
  replay,
  type Shadow,
  verifyPlan,
  withShadow,
} from '../planner/index.ts'
import { refuseDrift } from './drift.ts'
import { ensureDatabase } from './ensure-database.ts'
import { dataLossUnconfirmed, migrationImpossible, migrationNameMissing } from './errors.ts'
import { type History, readHistory } from './history.ts'
import { type FoundLoss, findLosses } from './losses.ts'
import { tryOnRows } from './try-on-rows.ts'
import { writeMigration } from './write.ts'

export interface DevOptions {
  /** Of the development database, as the role that owns the tables. */
  readonly url: string
  /** A database to replay migrations in; it is emptied. Without it one is created beside the development database. */
  readonly shadowUrl?: string | undefined
  /** The schema's file or folder. */
  readonly schemaPath: string
  /** Prisma's migrations directory. */
  readonly directory: string
  /** Called only when there is something to write. */
  readonly name: () => Promise<string | undefined>
  /** `Model.old:new`, `Old:New`. */
  readonly renames?: readonly string[]
  readonly askRename?: AskRename
  /** Asked before data is lost; `nobody` where there is none to ask. */
  readonly confirmLoss?: (losses: readonly FoundLoss[]) => Promise<boolean | 'nobody'>
  /** Write the migration, and do not apply it. */
  readonly createOnly?: boolean
  readonly onApply?: (name: string) => void
}

export interface DevResult {
  /** Migrations of the directory that were applied first. */
  readonly pending: readonly string[]
  /** The new migration; absent where nothing changed. */
  readonly migration?: { readonly name: string; readonly file: string; readonly sql: string; readonly applied: boolean }
  readonly losses: readonly FoundLoss[]
  readonly renames: readonly Rename[]
}

/**
 * Brings the development database to the schema: applies what is pending, writes one migration for what the schema has and the
 * history has not, and applies that.
 *
 * @throws SUB_MIGRATIONS_EDITED, SUB_MIGRATIONS_ABSENT, SUB_DATABASE_DRIFTED, SUB_RENAME_UNDECIDED, SUB_DATA_LOSS_UNCONFIRMED,
 * SUB_MIGRATION_IMPOSSIBLE, SUB_ANNOTATION_REFUSED and what planning and {@link deployMigrations} throw.
 */
export async function migrateDev(options: DevOptions): Promise<DevResult> {
  const { url, shadowUrl, schemaPath, directory, onApply } = options
  const { schema } = loadSchema({ schemaPath, annotations: featureAnnotations })
  await ensureDatabase(parseTarget(url).session)
  const migrations = existsSync(directory) ? await readMigrations(resolve(directory)) : []
  const deploy = () => deployMigrations({ url, directory, ...(onApply && { onApply }) })
  const planOptions: PlanOptions = {
    url,
    shadowUrl,
    source: readSchema(schemaPath),
    schema,
    names: namesIn(parseTarget(url).schema),
    migrations,
    renames: options.renames ?? [],
    askRename: options.askRename ?? (async () => 'nobody'),
  }
  const { plan, pending } = await withShadow(options, async (shadow) => {
    const history = await replayChecked(shadow, planOptions)
    const applied = history.pending.length > 0 ? (await deploy()).applied : []
    return { plan: await planMigration(planOptions, shadow), pending: applied }
  })
  if (plan.sql === '') return { pending, losses: [], renames: [] }

  const verified = await verifyPlan(plan, planOptions)
  const losses = await confirmedLosses(options, verified.losses)
  const name = await options.name()
  if (name === undefined || !/[a-z0-9]/i.test(name)) throw migrationNameMissing({})
  const sql = `${warningsOf(losses)}${verified.sql}`
  if (!options.createOnly) await withClient(parseTarget(url).session, (client) => tryOnRows(client, sql))
  const folder = await writeMigration(directory, { name, sql, earlier: migrations.map((each) => each.name) })
  if (!options.createOnly) await deploy()
  const file = join(directory, folder, 'migration.sql')
  const migration = { name: folder, file, sql, applied: !options.createOnly }
  return { pending, migration, losses, renames: plan.renames }
}

/** Replays the history, and on the way compares the development database with what it has of it. */
async function replayChecked(shadow: Shadow, { url, schema, migrations }: PlanOptions): Promise<History> {
  const target = parseTarget(url)
  return withClient(target.session, async (client) => {
    const history = await readHistory(client, target.schema, migrations)
    await replay(shadow, history.applied)
    const models = Object.values(schema.models).map((each) => each.schema ?? target.schema)
    const known = new Set([target.schema, ...models])
    refuseDrift(await describeDatabase(client), await describeDatabase(shadow.client), known)
    // Before anything is applied: a history that does not run is not deployed half-way.
    await replay(shadow, history.pending)
    return history
  })
}

async function confirmedLosses(
  { url, createOnly, confirmLoss }: DevOptions,
  losses: readonly Loss[],
): Promise<FoundLoss[]> {
  if (losses.length === 0) return []
  const found = await withClient(parseTarget(url).session, (client) => findLosses(client, losses))
  if (createOnly) return found
  const impossible = found.filter((each) => each.impossible)
  if (impossible.length > 0) throw migrationImpossible({ reasons: impossible.map((each) => each.message) })
  if ((await confirmLoss?.(found)) !== true) throw dataLossUnconfirmed({ losses: found.map((each) => each.message) })
  return found
}

/** As Prisma writes them, for whoever reviews the migration. */
function warningsOf(losses: readonly FoundLoss[]): string {
  if (losses.length === 0) return ''
  return `-- Warnings:\n${losses.map(({ message }) => `--   ${message}`).join('\n')}\n\n`
}
