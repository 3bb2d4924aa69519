/** Which models a call reads or writes, by its arguments: the call's own, and those reached over relations. */
import type { ModelMeta, SchemaMeta } from '../../schema/index.ts'

/** Words of Prisma's arguments, which hold more of them even where a JSON field has the same name. */
const structure = new Set(
  (
    'select include omit where data create update upsert connect connectOrCreate connectOrUpdate set disconnect delete ' +
    'deleteMany updateMany createMany orderBy cursor having by some every none is isNot AND OR NOT _count'
  ).split(' '),
)

/**
 * Errs on the side of too many: a name that could be a relation's counts as one.
 *
 * @returns names of models
 */
export function touchedModels(schema: SchemaMeta, name: string, args: object): ReadonlySet<string> {
  const touched = new Set([name])
  const model = schema.models[name]
  if (model) visit(schema, model, args, touched)
  return touched
}

function visit(schema: SchemaMeta, model: ModelMeta, value: unknown, touched: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const each of value) visit(schema, model, each, touched)
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    const relation = Object.hasOwn(model.relations, key) ? model.relations[key] : undefined
    const target = relation && schema.models[relation.model]
    if (target && inner !== undefined && inner !== false) {
      touched.add(target.name)
      visit(schema, target, inner, touched)
    }
    // `_count: true` counts every list.
    if (key === '_count' && inner === true)
      for (const { list, model: each } of Object.values(model.relations)) if (list) touched.add(each)
    const isJson = Object.hasOwn(model.fields, key) && model.fields[key]?.type === 'Json'
    if (!target && (!isJson || structure.has(key))) visit(schema, model, inner, touched)
  }
}
