import type { PendingCall } from '../../client/feature.ts'
import type { ModelMeta, RelationMeta, SchemaMeta } from '../../schema/index.ts'
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
    const required = isRequired(relation) && protectedModels.has(target.name)
    for (const row of rows) {
      if (required && row[name] === null)
        throw relationHidden({ model: model.name, relation: name, target: target.name })
      if (isRow(inner)) refuseHidden(schema, protectedModels, target, inner, row[name])
    }
  }
}

/**
 * The same for a call that follows relations: no row at its end may mean that the one before it is not there. Only asking for
 * that one tells, and costs a round trip; it is asked only where there is no row.
 *
 * @throws SUB_RELATION_HIDDEN
 */
export async function refuseHiddenEnd(
  schema: SchemaMeta,
  protectedModels: ReadonlyMap<string, ProtectedModel>,
  model: ModelMeta,
  { args, dataPath, ask }: PendingCall,
  answer: unknown,
): Promise<void> {
  const names = dataPath.filter((_, i) => i % 2 === 1)
  const last = names.pop()!
  const from = names.reduce((at, name) => schema.models[at.relations[name]!.model]!, model)
  const relation = from.relations[last]!
  if (answer !== null) {
    const inner = [...dataPath].reduce<unknown>((at, key) => (isRow(at) ? at[key] : undefined), args)
    if (isRow(inner)) refuseHidden(schema, protectedModels, schema.models[relation.model]!, inner, answer)
    return
  }
  if (!isRequired(relation) || !protectedModels.has(relation.model)) return
  const anyField = { [Object.keys(from.fields)[0]!]: true }
  const before = await ask(withSelection(args, dataPath.slice(0, -2), anyField))
  const row = names.reduce<unknown>((at, name) => (isRow(at) ? at[name] : undefined), before)
  if (isRow(row)) throw relationHidden({ model: from.name, relation: last, target: relation.model })
}

function isRequired({ list, nullable, owner }: RelationMeta): boolean {
  return !list && !nullable && owner === true
}

/** The arguments with another selection at the end of the path. */
function withSelection(args: Row, [key, ...rest]: readonly string[], select: Row): Row {
  if (key === undefined) return { ...args, select }
  const inner = args[key]
  return { ...args, [key]: withSelection(isRow(inner) ? inner : {}, rest, select) }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
