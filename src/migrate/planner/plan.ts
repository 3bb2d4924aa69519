import type { SchemaSource } from '../../schema/index.ts'
import { addressKey, dependentsOf } from '../catalogue/index.ts'
import { type DeclaredObject, keyOf } from '../objects/index.ts'
import { refuseHandMade, refuseSameFunctions } from './collisions.ts'
import { releaseStep } from './columns.ts'
import { datamodelFor } from './datamodel.ts'
import { separateEnumValues } from './enum-values.ts'
import { functionStep, makeFunctions, makeLateFunctions } from './functions.ts'
import { changeModels } from './model-changes.ts'
import type { PlanOptions } from './options.ts'
import { dropOrder, makeInOrder, makeSchemas } from './order.ts'
import { type DecidedRenames, decideRenames, type Rename, runStep } from './renames/index.ts'
import { replay, type Shadow, withShadow } from './replay.ts'
import { createStep, dropStep, followStep, markStep, printScript } from './script.ts'
import { strip } from './strip.ts'
import { isColumn, isFunction, survey } from './survey.ts'

export interface Plan {
  /** Empty when history and schema agree. */
  readonly sql: string
  /** The same with new values of enums committed at first; where they are used at once, only this works. */
  readonly inTwo?: string
  readonly renames: readonly Rename[]
  readonly declared: readonly DeclaredObject[]
}

/**
 * Finds out what leads from a migration history to the schema. Works in shadow databases only.
 *
 * @param replayed - A shadow database that holds the history; it is used up.
 */
export async function planMigration(options: PlanOptions, replayed: Shadow): Promise<Plan> {
  const rebuilt = new Set<string>()
  const decided = await decideRenames(replayed.client, options)
  let outcome = await planIn(replayed, options, decided, rebuilt)
  while ('rebuild' in outcome) {
    // Prisma's engine must know from the start which generated columns are made anew.
    for (const key of outcome.rebuild) rebuilt.add(key)
    outcome = await withShadow(options, async (shadow) => {
      await replay(shadow, options.migrations)
      for (const step of decided.steps) await runStep(shadow.client, step)
      return planIn(shadow, options, decided, rebuilt)
    })
  }
  return outcome
}

/**
 * Plans in a shadow database that holds the history, and uses it up: our objects are taken away, Prisma's engine compares the rest
 * with the models, its SQL is run, and every declared object is made on top. So each statement of the plan has been tried, and what
 * the engine drops or changes is read from the catalogue instead of from its SQL.
 */
async function planIn(
  { client, url }: Shadow,
  options: PlanOptions,
  { renames, steps }: DecidedRenames,
  rebuilt: ReadonlySet<string>,
): Promise<Plan | { readonly rebuild: readonly string[] }> {
  const { source, schema, names } = options
  const found = await survey(client, options, renames, rebuilt)
  const { declared, present, dependencies, survivors, newColumns } = found

  const early = await makeFunctions(client, found.missing.filter(isFunction), found.staleFunctions)
  const made = early.made.map((each) => ({ ...each.declared, name: each.name }))
  refuseHandMade(made, present, names)
  const standing = survivors.filter((each) => isFunction(each.declared))
  refuseSameFunctions([...standing.map((each) => ({ ...each.declared, name: each.present.name })), ...made])

  const missingColumns = new Set([...newColumns, ...found.gone.filter(isColumn)].map(keyOf))
  await strip(client, { schema, names, present, missingColumns, partialIndexes: declaresPartialIndexes(source) })
  const models = await changeModels({ client, url }, datamodelFor(source, schema, names, newColumns))

  const dropped = [...found.gone, ...early.removed, ...found.oldColumns]
  // What is stored was computed by the body that a function had.
  const replaced = found.staleFunctions.filter((each) => !early.removed.includes(each))
  const seeds = [...dropped, ...replaced].map(({ address }) => address)
  const changed = dependentsOf([...models.columns, ...seeds], dependencies)
  const touched = survivors.filter(
    (each) => changed.has(addressKey(each.present.address)) && !isFunction(each.declared),
  )
  const rebuild = touched.filter((each) => isColumn(each.declared)).map((each) => keyOf(each.declared))
  if (rebuild.some((key) => !rebuilt.has(key))) return { rebuild }

  const again = touched.filter((each) => !isColumn(each.declared))
  const steady = found.following.filter((each) => !touched.includes(each))
  const drops = [...dropped, ...again.map((each) => each.present)].filter(
    (each) => isFunction(each) || !models.tables.has(each.on),
  )
  const remade = new Set([...found.missing, ...again.map((each) => each.declared)])
  const sizes = [remade.size, drops.length, steady.length, found.released.length, steps.length, models.sql.length]
  if (sizes.every((size) => size === 0)) return { sql: '', renames, declared }

  const schemas = await makeSchemas(client, declared)
  const late = await makeLateFunctions(client, early.late)
  const order = await makeInOrder(
    client,
    declared.filter((each) => !isFunction(each) && !isColumn(each)),
  )
  const before = [
    steady.map((each) => followStep(each.declared, each.present, names)),
    dropOrder(drops, dependencies).map((each) => dropStep(each, names)),
    found.released.map((each) => releaseStep(each, names)),
    early.made.map((each) => functionStep(each, names)),
  ]
  const after = [
    schemas,
    newColumns.map((each) => markStep(each, names)),
    late.map((each) => functionStep(each, names)),
    order.filter((each) => remade.has(each)).map((each) => createStep(each, names)),
  ]
  const { values, rest } = separateEnumValues(models.sql)
  return {
    sql: printScript([steps, ...before, models.sql, ...after]),
    ...(values !== '' && { inTwo: printScript([steps, values, ...before, rest, ...after]) }),
    renames,
    declared,
  }
}

/** A preview feature of Prisma: its language says partial indexes, and its engine must see them. */
function declaresPartialIndexes({ files }: SchemaSource): boolean {
  return files.some(({ text }) => /previewFeatures\s*=\s*\[[^\]]*"partialIndexes"/.test(text))
}
