import type { ModelMeta, SchemaMeta } from '../../schema/index.ts'
import { relationHidden } from './errors.ts'
import type { ProtectedModel } from './protection.ts'

type Row = Readonly<Record<string, unknown>>

/**
 * @param protectedModels - Only their rows can be hidden.
 * @throws SUB_RELATION_HIDDEN where a required relation is null in an answer
 */
export function refuseHidden(
  schema: SchemaMeta,
  protectedModels: ReadonlyMap<string, ProtectedModel>,
  model: ModelMeta,
  args: Row,
  answer: unknown,
): void {
  const selection = args.select ?? args.include
  if (!isRow(selection)) return
  const rows = (Array.isArray(answer) ? answer : [answer]).filter(isRow)
  for (const [name, inner] of Object.entries(selection)) {
    const relation = Object.hasOwn(model.relations, name) ? model.relations[name] : undefined
    const target = relation && schema.models[relation.model]
    if (!target || inner === false || inner === undefined) continue
    const required = !relation.list && !relation.nullable && relation.owner === true && protectedModels.has(target.name)
    for (const row of rows) {
      if (required && row[name] === null)
        throw relationHidden({ model: model.name, relation: name, target: target.name })
      if (isRow(inner)) refuseHidden(schema, protectedModels, target, inner, row[name])
    }
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
