import { type ArgumentType, itemType } from '../grammar/argument.ts'
import type { AnnotationDefinition } from '../grammar/define.ts'
import type { Annotations, AnnotationValue, FieldMeta, ModelMeta, UniqueMeta } from '../model-meta.ts'
import { formatMembers, type TypeNode } from './format-type.ts'
import { quote } from './format-value.ts'

/**
 * The interface of one model: of its metadata, those parts that types of the client are made from, and no more, so that a schema of
 * hundreds of models costs the compiler little.
 */
export function typeOfModel(model: ModelMeta, definitions: readonly AnnotationDefinition[]): string {
  const { name, view, ignored, fields, uniques, annotations } = model
  const annotated = Object.values(fields).filter((each) => each.annotations)
  const members = {
    name: quote(name),
    ...(view && { view: 'true' }),
    ...(ignored && { ignored: 'true' }),
    ...(annotated.length > 0 && { fields: fieldsType(annotated, definitions) }),
    uniques: { members: mapped(uniques, uniqueType) },
    ...(annotations && { annotations: annotationsType(annotations, definitions) }),
  }
  return `export interface ${name}Meta extends substrata.ModelMeta {\n${formatMembers(members, 1)}}\n`
}

function uniqueType({ fields, primary, where }: UniqueMeta): TypeNode {
  const type = `substrata.UniqueMeta<readonly [${fields.map(quote).join(', ')}]>`
  if (!primary && where === undefined) return type
  return {
    and: type,
    members: { ...(primary && { primary: 'true' }), ...(where !== undefined && { where: 'string' }) },
  }
}

function fieldsType(annotated: readonly FieldMeta[], definitions: readonly AnnotationDefinition[]): TypeNode {
  const members = annotated.map(({ name, annotations = {} }) => {
    const type = { and: 'substrata.FieldMeta', members: { annotations: annotationsType(annotations, definitions) } }
    return [name, type] as const
  })
  return { and: 'Fields', members: Object.fromEntries(members) }
}

function annotationsType(annotations: Annotations, definitions: readonly AnnotationDefinition[]): TypeNode {
  const types = Object.entries(annotations).map(([name, uses]) => {
    const known = definitions.find((each) => each.name === name)?.arguments ?? {}
    const tuple = uses.map((given) => ({
      members: mapped(given, (value, argument) => valueType(value, known[argument]?.kind.describe)),
    }))
    return [name, { tuple }] as const
  })
  return { members: Object.fromEntries(types) }
}

/** Free text is only a string to the client's types; words, names of fields, numbers and booleans are literal. */
function valueType(value: AnnotationValue, type: ArgumentType | undefined): TypeNode {
  if (typeof value === 'string') return type?.type === 'word' || type?.type === 'field' ? quote(value) : 'string'
  if (typeof value !== 'object') return String(value)
  const of = itemType(type)
  if (Array.isArray(value)) return { tuple: value.map((item: AnnotationValue) => valueType(item, of)) }
  return { members: mapped(value as Readonly<Record<string, AnnotationValue>>, (item) => valueType(item, of)) }
}

function mapped<T>(items: Readonly<Record<string, T>>, write: (item: T, name: string) => TypeNode) {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, write(item, name)]))
}
