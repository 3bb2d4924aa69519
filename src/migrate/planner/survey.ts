import type { Client } from 'pg'
import { readDependencies } from '../catalogue/index.ts'
import { type DeclaredObject, declareObjects, keyOf, type PresentObject, readObjects } from '../objects/index.ts'
import { refuseHandMade, refuseSameNames } from './collisions.ts'
import { columnsInTheWay } from './columns.ts'
import { matchObjects, type Pair } from './match.ts'
import type { PlanOptions } from './options.ts'
import { type Rename, schemaBefore } from './renames/index.ts'
import { declaredColumns } from './strip.ts'

/** What a database holds of the objects of annotations, and what becomes of each. */
export interface Survey {
  readonly declared: readonly DeclaredObject[]
  readonly present: readonly PresentObject[]
  readonly dependencies: Awaited<ReturnType<typeof readDependencies>>
  /** There as declared; `following` are those of them that only follow a rename. */
  readonly survivors: readonly Pair[]
  readonly following: readonly Pair[]
  readonly missing: readonly DeclaredObject[]
  /** Declared no more; functions stand apart, because a new one may replace them. */
  readonly gone: readonly PresentObject[]
  readonly staleFunctions: readonly PresentObject[]
  /** No longer generated, but still a field: the values stay. */
  readonly released: readonly PresentObject[]
  /** Generated columns to add. */
  readonly newColumns: readonly DeclaredObject[]
  /** What stands in their places. */
  readonly oldColumns: readonly PresentObject[]
}

/**
 * @param rebuilt - Keys of generated columns that must be made anew although they are as declared.
 * @throws SUB_OBJECT_NAMED_TWICE, SUB_OBJECT_NOT_OURS
 */
export async function survey(
  client: Client,
  { source: { directory }, schema, names }: PlanOptions,
  renames: readonly Rename[],
  rebuilt: ReadonlySet<string>,
): Promise<Survey> {
  const declared = declareObjects({ schema, directory, names })
  const before = declareObjects({ schema: schemaBefore(schema, renames, names), directory, names })
  refuseSameNames(declared, schema, names)
  const present = await readObjects(client)
  const { kept, following, missing, stale } = matchObjects(declared, before, present)
  refuseHandMade(missing, present, names)
  const survivors = [...kept, ...following]
  const newColumns = [
    ...missing.filter(isColumn),
    ...survivors.map((each) => each.declared).filter((each) => isColumn(each) && rebuilt.has(keyOf(each))),
  ]
  const fields = declaredColumns(schema, names)
  const added = new Set(newColumns.map(keyOf))
  const oldColumns = await columnsInTheWay(client, newColumns)
  const isField = (each: PresentObject) => isColumn(each) && fields.has(keyOf(each))
  return {
    declared,
    present,
    dependencies: await readDependencies(client),
    survivors,
    following,
    missing,
    gone: stale.filter((each) => !isFunction(each) && !isField(each)),
    staleFunctions: stale.filter(isFunction),
    released: stale.filter((each) => isField(each) && !added.has(keyOf(each))),
    newColumns,
    oldColumns,
  }
}

export function isFunction({ kind }: Pick<DeclaredObject, 'kind'>): boolean {
  return kind === 'function'
}

export function isColumn({ kind }: Pick<DeclaredObject, 'kind'>): boolean {
  return kind === 'generated column'
}
