import type { Client } from 'pg'
import type { SchemaMeta } from '../../../schema/index.ts'
import type { Names } from '../../objects/index.ts'
import type { RenameCandidate } from '../errors.ts'
import { type AskRename, decideLevel, refuseUndecided, refuseUnknown } from './decide.ts'
import { joinTableStatements } from './join-tables.ts'
import { columnLevel, enumLevel, tableLevel } from './levels.ts'
import type { Level, Rename } from './rename.ts'
import { renameStatements } from './statements.ts'

export { schemaBefore } from './before.ts'
export type { AskRename } from './decide.ts'
export type { Rename } from './rename.ts'

export interface DecidedRenames {
  readonly renames: readonly Rename[]
  readonly statements: readonly string[]
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
  const statements: string[] = []
  const undecided: RenameCandidate[] = []
  for (const readLevel of [enumLevel, tableLevel, columnLevel]) {
    const level = await readLevel(client, schema, names)
    const decided = await decideLevel(level, flags, askRename)
    for (const rename of decided.renames) {
      const own = await renameStatements(client, rename, names)
      await client.query(own.join(';\n'))
      statements.push(...own)
    }
    levels.push(level)
    renames.push(...decided.renames)
    if (level.what === 'model') {
      const swaps = await joinTableStatements(client, { schema, names, renames })
      for (const swap of swaps) await client.query(swap)
      statements.push(...swaps)
    }
    undecided.push(...decided.undecided)
  }
  refuseUnknown(flags, levels)
  refuseUndecided(undecided)
  return { renames, statements }
}
