import { type EnumShape, readEnums, readTables } from '../catalogue/index.ts'
import { keyOf, readObjects } from '../objects/index.ts'
import { attempt } from './attempt.ts'
import { planIncomplete } from './errors.ts'
import { refusal } from './functions.ts'
import { enumLossesBetween, type Loss, lossesBetween } from './losses.ts'
import { runScript } from './model-changes.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { replay, withShadow } from './replay.ts'

/**
 * Runs a planned migration after its history in a shadow database, as it will be deployed, and returns what it destroys.
 *
 * @throws SUB_MIGRATION_PLAN_REFUSED, SUB_MIGRATION_PLAN_INCOMPLETE, SUB_ANNOTATION_REFUSED (the body of a function)
 */
export async function verifyPlan({ sql, declared, renames }: Plan, options: PlanOptions): Promise<Loss[]> {
  return withShadow(options, async (shadow) => {
    const { client } = shadow
    await replay(shadow, options.migrations)
    const before = { tables: await readTables(client), enums: await readEnums(client) }
    await runScript(client, sql)
    const present = await readObjects(client)
    const marks = new Set(present.flatMap((each) => (each.mark ? [`${each.mark.hash} ${keyOf(each)}`] : [])))
    const hashes = new Set(present.flatMap((each) => (each.mark ? [each.mark.hash] : [])))
    const lacking = declared.filter((each) =>
      each.kind === 'function' ? !hashes.has(each.hash) : !marks.has(`${each.hash} ${keyOf(each)}`),
    )
    if (lacking.length > 0 || marks.size > declared.length)
      throw planIncomplete({ objects: lacking.map(({ kind, name }) => `${kind} ${name.name}`) })
    for (const each of declared.filter(({ kind }) => kind === 'function')) {
      const error = await attempt(client, each.create)
      if (error) throw refusal(each, error)
    }
    const nameAfter = ({ schema, name }: EnumShape) =>
      renames.find((each) => each.what === 'enum' && each.schema === schema && each.from === name)?.to ?? name
    return [
      ...lossesBetween(before.tables, await readTables(client)),
      ...enumLossesBetween(before.enums, await readEnums(client), nameAfter),
    ]
  })
}
