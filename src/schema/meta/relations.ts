import type { ReferentialAction, RelationMeta } from '../model-meta.ts'
import type { Field, ModelBlock } from '../syntax/declarations.ts'
import { argumentOf, findAttribute, hasAttribute, namesOf, stringOf } from './attributes.ts'
import { schemaOf } from './block-names.ts'
import { cutName } from './names.ts'

/** One side of a relation as it is written. */
interface Side {
  readonly model: ModelBlock
  readonly field: Field
  readonly fields: readonly string[]
  readonly references: readonly string[]
}

/** A model's relations, by field. */
export function relationsOf(model: ModelBlock, models: ReadonlyMap<string, ModelBlock>): Record<string, RelationMeta> {
  const relations: Record<string, RelationMeta> = {}
  for (const field of model.members) {
    const other = field.unsupported ? undefined : models.get(field.type)
    const inverse = other && inverseOf(model, field, other)
    if (inverse) relations[field.name] = relationMeta(sideOf(model, field), sideOf(other, inverse))
  }
  return relations
}

function relationMeta(own: Side, other: Side): RelationMeta {
  const { field } = own
  const attribute = findAttribute(field.attributes, 'relation')
  const owner = own.fields.length > 0
  const on = owner
    ? { fields: own.fields, references: own.references }
    : { fields: other.references, references: other.fields }
  const onDelete = actionOf(argumentOf(attribute, 'onDelete'))
  const onUpdate = actionOf(argumentOf(attribute, 'onUpdate'))
  return {
    name: field.name,
    relation: relationName(own.model, field),
    model: other.model.name,
    inverse: other.field.name,
    ...(field.list && { list: true }),
    ...(field.optional && { nullable: true }),
    ...(on.fields.length > 0 ? { on } : { through: joinTable(own, other) }),
    ...(owner && { owner: true }),
    ...(onDelete && { onDelete }),
    ...(onUpdate && { onUpdate }),
    ...(hasAttribute(field.attributes, 'ignore') && { ignored: true }),
  }
}

/** The field at the other end: of the same relation, and in a relation of a model with itself not the same field. */
function inverseOf(model: ModelBlock, field: Field, other: ModelBlock): Field | undefined {
  const name = relationName(model, field)
  return other.members.find(
    (each) => each.type === model.name && !each.unsupported && each !== field && relationName(other, each) === name,
  )
}

/** The relation's name; without one, both models' in alphabetical order. */
function relationName(model: ModelBlock, field: Field): string {
  const written = stringOf(findAttribute(field.attributes, 'relation'), 'name', 'first')
  return written ?? [model.name, field.type].sort(byCodePoint).join('To')
}

function sideOf(model: ModelBlock, field: Field): Side {
  const attribute = findAttribute(field.attributes, 'relation')
  return {
    model,
    field,
    fields: namesOf(argumentOf(attribute, 'fields')),
    references: namesOf(argumentOf(attribute, 'references')),
  }
}

/**
 * The join table of an implicit many-to-many relation, as Prisma lays it out: column A holds the model that comes first in the
 * alphabet; where a model is related to itself, the field that comes first.
 */
function joinTable(own: Side, other: Side): NonNullable<RelationMeta['through']> {
  const self = own.model.name === other.model.name
  const order = self ? byCodePoint(own.field.name, other.field.name) : byCodePoint(own.model.name, other.model.name)
  const first = order < 0
  const schema = schemaOf(first ? own.model : other.model)
  return {
    table: cutName(`_${relationName(own.model, own.field)}`),
    ...(schema !== undefined && { schema }),
    own: first ? 'A' : 'B',
    other: first ? 'B' : 'A',
  }
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const actions: readonly string[] = [
  'Cascade',
  'Restrict',
  'NoAction',
  'SetNull',
  'SetDefault',
] satisfies ReferentialAction[]

function isAction(name: string): name is ReferentialAction {
  return actions.includes(name)
}

function actionOf(value: ReturnType<typeof argumentOf>): ReferentialAction | undefined {
  return value?.kind === 'word' && isAction(value.value) ? value.value : undefined
}
