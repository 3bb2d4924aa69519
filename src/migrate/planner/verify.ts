import { sqlStateOf } from '../../pg/sql-state.ts'
import { type EnumShape, readEnums, readTables } from '../catalogue/index.ts'
import { keyOf, readObjects } from '../objects/index.ts'
import { attempt } from './attempt.ts'
import { planIncomplete } from './errors.ts'
import { refusal } from './functions.ts'
import { handMadeLosses, readHandMade } from './hand-made.ts'
import { enumLossesBetween, type Loss, lossesBetween } from './losses.ts'
import { runScript } from './model-changes.ts'
import type { PlanOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { replay, withShadow } from './replay.ts'

/** A plan that works. */
export interface VerifiedPlan {
  readonly sql: string
  readonly losses: readonly Loss[]
}

/**
 * Runs a planned migration after its history in a shadow database, as it will be deployed, and finds what it destroys.
 *
 * @throws SUB_MIGRATION_PLAN_REFUSED, SUB_MIGRATION_PLAN_INCOMPLETE, SUB_ANNOTATION_REFUSED (the body of a function)
 */
export async function verifyPlan(plan: Plan, options: PlanOptions): Promise<VerifiedPlan> {
  try {
    return { sql: plan.sql, losses: await tryScript(plan.sql, plan, options) }
  } catch (error) {
    if (plan.inTwo === undefined || !isUnsafeEnumValue(error)) throw error
    return { sql: plan.inTwo, losses: await tryScript(plan.inTwo, plan, options) }
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: unsafe_new_enum_value_usage */
function isUnsafeEnumValue(error: unknown): boolean {
  return error instanceof Error && sqlStateOf(error.cause) === '55P04'
}

async function tryScript(sql: string, { declared, renames }: Plan, options: PlanOptions): Promise<Loss[]> {
  return withShadow(options, async (shadow) => {
    const { client } = shadow
    await replay(shadow, options.migrations)
    const before = {
      tables: await readTables(client),
      enums: await readEnums(client),
      handMade: await readHandMade(client),
    }
    await runScript(client, sql)
    const present = await readObjects(client)
    const marks = new Set(present.flatMap((each) => (each.mark ? [`${each.mark.hash} ${keyOf(each)}`] : [])))
    const hashes = new Set(present.flatMap((each) => (each.mark ? [each.mark.hash] : [])))
    const lacking = declared.filter((each) =>
      each.kind === 'function' ? !hashes.has(each.hash) : !marks.has(`${each.hash} ${keyOf(each)}`),
    )
    if (lacking.length > 0 || hashes.size > declared.length)
      throw planIncomplete({ objects: lacking.map(({ kind, name }) => `${kind} ${name.name}`) })
    for (const each of declared.filter(({ kind }) => kind === 'function')) {
      const error = await attempt(client, each.create)
      if (error) throw refusal(each, error)
    }
    const nameAfter = ({ schema, name }: EnumShape) =>
      renames.find((each) => each.what === 'enum' && each.schema === schema && each.from === name)?.to ?? name
    const tables = await readTables(client)
    return [
      ...lossesBetween(before.tables, tables),
      ...handMadeLosses(before.handMade, await readHandMade(client), tables, present),
      ...enumLossesBetween(before.enums, await readEnums(client), nameAfter),
    ]
  })
}
