import type { Client } from 'pg'
import type { SchemaMeta } from '../../../schema/index.ts'
import type { Names } from '../../objects/index.ts'
import type { RenameCandidate } from '../errors.ts'
import { type AskRename, decideLevel, refuseUndecided, refuseUnknown } from './decide.ts'
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
  options: { schema: SchemaMeta; names: Names; flags: readonly string[]; ask: AskRename },
): Promise<DecidedRenames> {
  const { schema, names, ask } = options
  const flags = new Set(options.flags)
  const levels: Level[] = []
  const renames: Rename[] = []
  const statements: string[] = []
  const undecided: RenameCandidate[] = []
  for (const readLevel of [enumLevel, tableLevel, columnLevel]) {
    const level = await readLevel(client, schema, names)
    const decided = await decideLevel(level, flags, ask)
    for (const rename of decided.renames) {
      const own = await renameStatements(client, rename, names)
      await client.query(own.join(';\n'))
      statements.push(...own)
    }
    levels.push(level)
    renames.push(...decided.renames)
    undecided.push(...decided.undecided)
  }
  refuseUnknown(flags, levels)
  refuseUndecided(undecided)
  return { renames, statements }
}
