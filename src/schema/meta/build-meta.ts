import type { Target } from '../grammar/define.ts'
import type { EnumMeta, FieldMeta, ModelMeta, RelationMeta, SchemaMeta } from '../model-meta.ts'
import type { Block, EnumBlock, Field, ModelBlock, SchemaText } from '../syntax/declarations.ts'
import { type AnnotationReader, annotationsOn } from './annotate.ts'
import { findAttribute, hasAttribute, stringOf } from './attributes.ts'
import { databaseName, schemaOf } from './block-names.ts'
import { isEmptyDbgenerated } from './default.ts'
import { fieldMeta } from './fields.ts'
import { indexesOf, uniquesOf } from './keys.ts'
import { relationsOf } from './relations.ts'

/** What is looked up while one schema is read. */
interface Lookup {
  readonly models: ReadonlyMap<string, ModelBlock>
  readonly enums: ReadonlySet<string>
  readonly datasource: string
  readonly reader: AnnotationReader
}

/** Builds the schema's metadata from its text. Faults of annotations are gathered in the reader. */
export function buildSchemaMeta(text: SchemaText, reader: AnnotationReader): SchemaMeta {
  const models = text.blocks.filter(isModel)
  const enums = text.blocks.filter((each) => each.kind === 'enum')
  const lookup: Lookup = {
    models: new Map(models.map((each) => [each.name, each])),
    enums: new Set(enums.map((each) => each.name)),
    datasource: text.blocks.find((each) => each.kind === 'datasource')?.name ?? 'db',
    reader,
  }
  const annotations = annotationsOn(text.documentation, subject('schema', 'the schema'), [], reader)
  return {
    format: 1,
    models: Object.fromEntries(models.map((each) => [each.name, modelMeta(each, lookup)])),
    enums: Object.fromEntries(enums.map((each) => [each.name, enumMeta(each, reader)])),
    ...(annotations && { annotations }),
  }
}

function isModel(block: Block): block is ModelBlock {
  return block.kind === 'model' || block.kind === 'view'
}

function modelMeta(block: ModelBlock, lookup: Lookup): ModelMeta {
  const { models, enums, datasource, reader } = lookup
  const table = { block, name: databaseName(block) }
  const schema = schemaOf(block)
  const view = block.kind === 'view'
  const columns = block.members.filter((each) => each.unsupported || !models.has(each.type))
  const names = columns.map((each) => each.name)
  const fields = columns.map((each) => annotatedField(each, fieldMeta(each, enums, datasource), names, reader))
  const relations = Object.values(relationsOf(block, models)).map((relation) =>
    annotatedRelation(block, relation, names, reader),
  )
  const indexes = indexesOf(table)
  const annotations = annotationsOn(block.documentation, subject(view ? 'view' : 'model', block.name), names, reader)
  return {
    name: block.name,
    table: table.name,
    ...(schema !== undefined && { schema }),
    ...(view && { view: true }),
    ...(hasAttribute(block.attributes, 'ignore') && { ignored: true }),
    fields: byName(fields),
    relations: byName(relations),
    uniques: uniquesOf(table),
    ...(indexes.length > 0 && { indexes }),
    ...(annotations && { annotations }),
  }
}

function annotatedField(field: Field, meta: FieldMeta, names: readonly string[], reader: AnnotationReader): FieldMeta {
  const defaulted = meta.default !== undefined && !isEmptyDbgenerated(field)
  const demanded = !meta.nullable && !meta.list && !meta.updatedAt && meta.default === undefined
  const annotations = annotationsOn(
    field.documentation,
    { ...subject('field', field.name), demanded, defaulted },
    names,
    reader,
  )
  if (!annotations) return meta
  return { ...meta, ...(annotations.generated && { generated: true }), annotations }
}

function annotatedRelation(
  block: ModelBlock,
  relation: RelationMeta,
  names: readonly string[],
  reader: AnnotationReader,
): RelationMeta {
  const documentation = block.members.find((each) => each.name === relation.name)?.documentation ?? []
  const annotations = annotationsOn(documentation, subject('relation', relation.name), names, reader)
  return annotations ? { ...relation, annotations } : relation
}

function enumMeta(block: EnumBlock, reader: AnnotationReader): EnumMeta {
  const schema = schemaOf(block)
  const annotations = annotationsOn(block.documentation, subject('enum', block.name), [], reader)
  const values = block.members.map(({ name, attributes, documentation }) => {
    annotationsOn(documentation, subject('enum value', name), [], reader)
    return [name, stringOf(findAttribute(attributes, 'map'), 'name', 'first') ?? name] as const
  })
  return {
    name: block.name,
    type: databaseName(block),
    ...(schema !== undefined && { schema }),
    values: Object.fromEntries(values),
    ...(annotations && { annotations }),
  }
}

function subject(target: Target, name: string) {
  return { target, name, demanded: false, defaulted: false }
}

function byName<T extends { readonly name: string }>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((each) => [each.name, each]))
}
