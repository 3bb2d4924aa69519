import type { Client } from 'pg'
import type { SchemaMeta, SchemaSource } from '../../schema/index.ts'
import { addressKey, dependentsOf, readDependencies } from '../catalogue/index.ts'
import type { Migration } from '../directory.ts'
import {
  type DeclaredObject,
  declareObjects,
  keyOf,
  type Names,
  type ObjectAddress,
  type PresentObject,
  readObjects,
} from '../objects/index.ts'
import { refuseHandMade, refuseSameNames } from './collisions.ts'
import { columnsInTheWay, releaseStep } from './columns.ts'
import { datamodelFor } from './datamodel.ts'
import { functionStep, makeFunctions, makeLateFunctions } from './functions.ts'
import { matchObjects } from './match.ts'
import { changeModels } from './model-changes.ts'
import { dropOrder, makeInOrder } from './order.ts'
import { type AskRename, type DecidedRenames, decideRenames, type Rename, schemaBefore } from './renames/index.ts'
import { replay, type Shadow, type ShadowOptions, withShadow } from './replay.ts'
import { createStep, dropStep, followStep, markStatement, printScript } from './script.ts'
import { declaredColumns, strip } from './strip.ts'

export interface PlanOptions extends ShadowOptions {
  readonly source: SchemaSource
  readonly schema: SchemaMeta
  readonly names: Names
  readonly migrations: readonly Migration[]
  /** As given to `--rename`. */
  readonly renames: readonly string[]
  readonly askRename: AskRename
}

export interface Plan {
  /** Empty when history and schema agree. */
  readonly sql: string
  readonly renames: readonly Rename[]
  readonly declared: readonly DeclaredObject[]
}

/** Finds out what leads from a migration history to the schema. Works in shadow databases only. */
export async function planMigration(options: PlanOptions): Promise<Plan> {
  const rebuilt = new Set<string>()
  let decided: DecidedRenames | undefined
  for (;;) {
    const outcome = await withShadow(options, async (shadow) => {
      await replay(shadow, options.migrations)
      decided = await renamed(shadow.client, options, decided)
      return planIn(shadow, options, decided, rebuilt)
    })
    if ('sql' in outcome) return outcome
    // Prisma's engine must know from the start which generated columns are made anew.
    for (const key of outcome.rebuild) rebuilt.add(key)
  }
}

async function renamed(
  client: Client,
  { schema, names, renames, askRename }: PlanOptions,
  decided: DecidedRenames | undefined,
): Promise<DecidedRenames> {
  if (decided === undefined) return decideRenames(client, { schema, names, flags: renames, ask: askRename })
  for (const statement of decided.statements) await client.query(statement)
  return decided
}

async function planIn(
  shadow: Shadow,
  { source, schema, names }: PlanOptions,
  { renames, statements }: DecidedRenames,
  rebuilt: ReadonlySet<string>,
): Promise<Plan | { readonly rebuild: readonly string[] }> {
  const { client } = shadow
  const { directory } = source
  const declared = declareObjects({ schema, directory, names })
  const before = declareObjects({ schema: schemaBefore(schema, renames, names), directory, names })
  refuseSameNames(declared, schema, names)
  const present = await readObjects(client)
  const dependencies = await readDependencies(client)
  const { kept, following, missing, stale } = matchObjects(declared, before, present)
  refuseHandMade(missing, present, names)

  const isFunction = ({ kind }: { readonly kind: string }) => kind === 'function'
  const isColumn = ({ kind }: { readonly kind: string }) => kind === 'generated column'
  const early = await makeFunctions(client, missing.filter(isFunction), stale.filter(isFunction))
  refuseHandMade(
    early.made.map(({ declared: each, name }) => ({ ...each, name })),
    present,
    names,
  )

  const fields = declaredColumns(schema, names)
  const survivors = [...kept, ...following]
  const newColumns = [
    ...missing.filter(isColumn),
    ...survivors.map((each) => each.declared).filter((each) => isColumn(each) && rebuilt.has(keyOf(each))),
  ]
  const newKeys = new Set(newColumns.map(keyOf))
  /** No longer computed, but still a field: the values stay. */
  const released = stale.filter((each) => isColumn(each) && fields.has(keyOf(each)) && !newKeys.has(keyOf(each)))
  const doomedColumns = await columnsInTheWay(client, newColumns)
  const gone = [...stale.filter((each) => !isFunction(each) && !isColumn(each)), ...early.removed]
  const goneColumns = stale.filter((each) => isColumn(each) && !fields.has(keyOf(each)))

  await strip(client, {
    schema,
    names,
    present,
    missingColumns: new Set([...newKeys, ...goneColumns.map(keyOf)]),
    partialIndexes: declaresPartialIndexes(source),
  })
  const models = await changeModels(shadow, datamodelFor(source, schema, names, newColumns))

  const seeds = [...models.columns, ...[...gone, ...goneColumns, ...doomedColumns].map(({ address }) => address)]
  const touched = affected(
    survivors.map((each) => each.present),
    seeds,
    dependencies,
  )
  const rebuild = survivors
    .filter((each) => isColumn(each.declared) && touched.has(each.present))
    .map((each) => keyOf(each.declared))
  if (rebuild.some((key) => !rebuilt.has(key))) return { rebuild }

  const again = survivors.filter(
    (each) => touched.has(each.present) && !isColumn(each.declared) && !isFunction(each.declared),
  )
  const remade = new Set([...missing, ...again.map((each) => each.declared)])
  const steady = following.filter((each) => !touched.has(each.present))
  const drops = dropOrder(
    [...gone, ...goneColumns, ...doomedColumns, ...again.map((each) => each.present)].filter(
      (each) => isFunction(each) || !models.tables.has(each.on),
    ),
    dependencies,
  )
  const changed =
    remade.size + drops.length + steady.length + released.length + statements.length + models.sql.length > 0
  if (!changed) return { sql: '', renames, declared }

  const late = await makeLateFunctions(client, early.late)
  const order = await makeInOrder(
    client,
    declared.filter((each) => !isFunction(each) && !isColumn(each)),
  )
  const sql = printScript([
    statements.map((statement) => ({ title: 'Rename', statements: [statement] })),
    steady.map((each) => followStep(each.declared, each.present, names)),
    drops.map((each) => dropStep(each, names)),
    released.map((each) => releaseStep(each, names)),
    early.made.map((each) => functionStep(each, names)),
    models.sql,
    newColumns.map((each) => ({ title: 'MarkGeneratedColumn', statements: [markStatement(each, each.name, names)] })),
    late.map((each) => functionStep(each, names)),
    order.filter((each) => remade.has(each)).map((each) => createStep(each, names)),
  ])
  return { sql, renames, declared }
}

/** Of the given objects those that need something that is dropped or changed. */
function affected(
  objects: readonly PresentObject[],
  seeds: readonly ObjectAddress[],
  dependencies: Awaited<ReturnType<typeof readDependencies>>,
): Set<PresentObject> {
  const dependents = dependentsOf(seeds, dependencies)
  return new Set(objects.filter((each) => dependents.has(addressKey(each.address))))
}

function declaresPartialIndexes({ files }: SchemaSource): boolean {
  return files.some(({ text }) => /previewFeatures\s*=\s*\[[^\]]*"partialIndexes"/.test(text))
}
