import type { Client } from 'pg'
import type { SchemaMeta } from '../../../schema/index.ts'
import type { Names } from '../../objects/index.ts'
import type { RenameCandidate } from '../errors.ts'
import type { Step } from '../script.ts'
import { type AskRename, decideLevel, refuseUndecided, refuseUnknown } from './decide.ts'
import { joinTableSteps } from './join-tables.ts'
import { columnLevel, enumLevel, tableLevel } from './levels.ts'
import type { Level, Rename } from './rename.ts'
import { renameStep } from './statements.ts'

export { schemaBefore } from './before.ts'
export type { AskRename } from './decide.ts'
export type { Rename } from './rename.ts'

export interface DecidedRenames {
  readonly renames: readonly Rename[]
  readonly steps: readonly Step[]
}

/**
 * Decides in a shadow database what was renamed, and renames it there: enums, then tables, then columns, because the later are
 * recognized only under the new names of the earlier.
 *
 * @throws SUB_RENAME_UNKNOWN, SUB_RENAME_UNDECIDED
 */
export async function decideRenames(
  client: Client,
  options: { schema: SchemaMeta; names: Names; renames: readonly string[]; askRename: AskRename },
): Promise<DecidedRenames> {
  const { schema, names, askRename } = options
  const flags = new Set(options.renames)
  const levels: Level[] = []
  const renames: Rename[] = []
  const steps: Step[] = []
  const undecided: RenameCandidate[] = []
  for (const readLevel of [enumLevel, tableLevel, columnLevel]) {
    const level = await readLevel(client, schema, names)
    const decided = await decideLevel(level, flags, askRename)
    for (const rename of decided.renames) {
      const step = await renameStep(client, rename, names)
      await runStep(client, step)
      steps.push(step)
    }
    levels.push(level)
    renames.push(...decided.renames)
    if (level.what === 'model') {
      const joins = await joinTableSteps(client, { schema, names, renames })
      for (const step of joins) await runStep(client, step)
      steps.push(...joins)
    }
    undecided.push(...decided.undecided)
  }
  refuseUnknown(flags, levels)
  refuseUndecided(undecided)
  return { renames, steps }
}

/** Runs a step as it is printed. */
export async function runStep(client: Client, { statements }: Step): Promise<void> {
  for (const statement of statements) await client.query(statement)
}
