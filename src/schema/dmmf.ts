import type { DMMF } from '@prisma/generator-helper'
import type { FieldMeta, ModelMeta, RelationMeta, ScalarType, SchemaMeta } from './model-meta.ts'

/**
 * Compares our reading of the schema with Prisma's, for all that both know, and says where they differ. Metadata is built
 * from the schema's text, because DMMF lacks much of it; this makes sure that the text was understood as Prisma understands it.
 */
export function differences(meta: SchemaMeta, datamodel: DMMF.Datamodel): string[] {
  const found: string[] = []
  const compare = (what: string, ours: unknown, prismas: unknown) => {
    if (JSON.stringify(ours) !== JSON.stringify(prismas))
      found.push(`${what}: ${JSON.stringify(ours)} here, ${JSON.stringify(prismas)} in Prisma`)
  }
  const models = Object.values(meta.models).filter((each) => !each.ignored)
  compare('models', models.map((each) => each.name).sort(), datamodel.models.map((each) => each.name).sort())
  compare('enums', Object.keys(meta.enums).sort(), datamodel.enums.map((each) => each.name).sort())
  for (const prismas of datamodel.models) {
    const ours = meta.models[prismas.name]
    if (ours) compareModel(ours, prismas, compare)
  }
  for (const { name, dbName, values } of datamodel.enums) {
    const ours = meta.enums[name]
    compare(`enum ${name}`, [ours?.type, ours?.values], [dbName ?? name, labels(values)])
  }
  return found
}

type Compare = (what: string, ours: unknown, prismas: unknown) => void

function compareModel(ours: ModelMeta, prismas: DMMF.Model, compare: Compare): void {
  const { name } = ours
  compare(
    `${name}: its name in the database`,
    [ours.table, ours.schema ?? null],
    [prismas.dbName ?? name, prismas.schema],
  )
  const columns = Object.values(ours.fields).filter((each) => !each.ignored && each.kind !== 'unsupported')
  const relations = Object.values(ours.relations).filter((each) => !each.ignored)
  compare(
    `${name}: its fields`,
    [...columns, ...relations].map((each) => each.name).sort(),
    prismas.fields.map((each) => each.name).sort(),
  )
  for (const field of prismas.fields) {
    const what = `${name}.${field.name}`
    const column = ours.fields[field.name]
    const relation = ours.relations[field.name]
    if (column) compare(what, columnFacts(column), prismaColumnFacts(field))
    else if (relation) compare(what, relationFacts(relation), prismaRelationFacts(field))
  }
  compare(`${name}: its unique keys`, uniqueFacts(ours), prismaUniqueFacts(prismas))
}

function columnFacts({ column, kind, type, native, list, nullable, updatedAt, default: value }: FieldMeta) {
  return [
    column,
    kind,
    type,
    native ?? null,
    list ?? false,
    nullable ?? false,
    updatedAt ?? false,
    defaultFact(value, type),
  ]
}

function prismaColumnFacts(field: DMMF.Field) {
  const { name, dbName, kind, type, nativeType, isList, isRequired, isUpdatedAt, default: value } = field
  const native = nativeType && nativeType[0] + (nativeType[1].length > 0 ? `(${nativeType[1].join(', ')})` : '')
  return [
    dbName ?? name,
    kind,
    type,
    native ?? null,
    isList,
    !isRequired,
    isUpdatedAt ?? false,
    prismaDefaultFact(value, type),
  ]
}

function defaultFact(value: FieldMeta['default'], type: string): unknown {
  if (value === undefined) return 'none'
  if (value.kind === 'literal') return literalFact(value.value, type)
  return value.kind === 'client' ? `${value.generator}()` : 'database'
}

const databaseDefaults: readonly string[] = ['autoincrement', 'dbgenerated', 'sequence']

function prismaDefaultFact(value: DMMF.Field['default'], type: string): unknown {
  if (value === undefined) return 'none'
  if (typeof value !== 'object' || !('name' in value)) return literalFact(value, type)
  return databaseDefaults.includes(value.name) ? 'database' : `${value.name}()`
}

/** Of these types DMMF writes a literal in a form of its own: another number, another time zone. */
const rewritten: readonly string[] = ['Decimal', 'Float', 'DateTime', 'Bytes', 'Json'] satisfies ScalarType[]

function literalFact(value: unknown, type: string): unknown {
  return rewritten.includes(type) ? 'literal' : { literal: value }
}

function relationFacts({ relation, model, list, nullable, on, owner, onDelete, onUpdate }: RelationMeta) {
  return [
    relation,
    model,
    list ?? false,
    nullable ?? false,
    owner ? on : { fields: [], references: [] },
    onDelete ?? null,
    onUpdate ?? null,
  ]
}

function prismaRelationFacts(field: DMMF.Field) {
  const { relationName, type, isList, isRequired, relationOnDelete, relationOnUpdate } = field
  const on = { fields: field.relationFromFields, references: field.relationToFields }
  return [relationName, type, isList, !isRequired, on, relationOnDelete ?? null, relationOnUpdate ?? null]
}

/** Keys that Prisma's client cannot take, DMMF leaves out: partial ones and those over fields it does not know. */
function uniqueFacts({ uniques, fields }: ModelMeta): string[] {
  const known = (name: string) => fields[name]?.kind !== 'unsupported' && !fields[name]?.ignored
  return Object.values(uniques)
    .filter((each) => each.where === undefined && each.fields.every(known))
    .map(({ name, fields: own, primary }) => `${name}: ${own.join(', ')}${primary ? ' (primary)' : ''}`)
    .sort()
}

/** A key over one field may be there twice: on the field and as a key of the model. */
function prismaUniqueFacts({ fields, primaryKey, uniqueIndexes }: DMMF.Model): string[] {
  const facts = new Set([
    ...fields.filter((each) => each.isId).map(({ name }) => `${name}: ${name} (primary)`),
    ...fields.filter((each) => each.isUnique).map(({ name }) => `${name}: ${name}`),
    ...(primaryKey ? [`${keyName(primaryKey)}: ${primaryKey.fields.join(', ')} (primary)`] : []),
    ...uniqueIndexes.map((each) => `${keyName(each)}: ${each.fields.join(', ')}`),
  ])
  return [...facts].sort()
}

function keyName({ name, fields }: { readonly name: string | null; readonly fields: readonly string[] }): string {
  return name ?? fields.join('_')
}

function labels(values: readonly DMMF.EnumValue[]): Record<string, string> {
  return Object.fromEntries(values.map(({ name, dbName }) => [name, dbName ?? name]))
}
