import type { SchemaMeta, SchemaSource } from '../../schema/index.ts'
import type { Migration } from '../directory.ts'
import type { Names } from '../objects/index.ts'
import type { AskRename } from './renames/index.ts'
import type { ShadowOptions } from './replay.ts'

/** What a migration is planned from. */
export interface PlanOptions extends ShadowOptions {
  readonly source: SchemaSource
  readonly schema: SchemaMeta
  readonly names: Names
  readonly migrations: readonly Migration[]
  /** As given to `--rename`. */
  readonly renames: readonly string[]
  readonly askRename: AskRename
}
