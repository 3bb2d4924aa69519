import type { ArgumentType } from '../grammar/argument.ts'
import type { AnnotationDefinition } from '../grammar/define.ts'
import type { Annotations, AnnotationValue, FieldMeta, ModelMeta, UniqueMeta } from '../model-meta.ts'
import { key, quote } from './format-value.ts'

/**
 * The interface of one model: of its metadata, those parts that types of the client are made from, and no more, so that a schema of
 * hundreds of models costs the compiler little.
 */
export function typeOfModel(model: ModelMeta, definitions: readonly AnnotationDefinition[]): string {
  const uniques = Object.values(model.uniques).map((each) => `    readonly ${key(each.name)}: ${uniqueType(each)}\n`)
  const annotated = Object.values(model.fields).filter((each) => each.annotations)
  const lines = [
    `  readonly name: ${quote(model.name)}\n`,
    model.view ? '  readonly view: true\n' : '',
    model.ignored ? '  readonly ignored: true\n' : '',
    annotated.length > 0 ? fieldsType(annotated, definitions) : '',
    uniques.length > 0 ? `  readonly uniques: {\n${uniques.join('')}  }\n` : '  readonly uniques: {}\n',
    model.annotations ? `  readonly annotations: ${annotationsType(model.annotations, definitions, '  ')}\n` : '',
  ]
  return `export interface ${model.name}Meta extends substrata.ModelMeta {\n${lines.join('')}}\n`
}

function uniqueType({ fields, primary, where }: UniqueMeta): string {
  const marks = [
    ...(primary ? ['readonly primary: true'] : []),
    ...(where === undefined ? [] : ['readonly where: string']),
  ]
  const type = `substrata.UniqueMeta<readonly [${fields.map(quote).join(', ')}]>`
  return marks.length > 0 ? `${type} & { ${marks.join('; ')} }` : type
}

function fieldsType(fields: readonly FieldMeta[], definitions: readonly AnnotationDefinition[]): string {
  const lines = fields.map(
    ({ name, annotations = {} }) =>
      `    readonly ${key(name)}: substrata.FieldMeta & { readonly annotations: ${annotationsType(annotations, definitions, '    ')} }\n`,
  )
  return `  readonly fields: Fields & {\n${lines.join('')}  }\n`
}

function annotationsType(
  annotations: Annotations,
  definitions: readonly AnnotationDefinition[],
  indentation: string,
): string {
  const lines = Object.entries(annotations).map(([name, uses]) => {
    const known = definitions.find((each) => each.name === name)?.arguments ?? {}
    const types = uses.map((given) => {
      const entries = Object.entries(given).map(
        ([argument, value]) => `readonly ${key(argument)}: ${valueType(value, known[argument]?.kind.describe)}`,
      )
      return entries.length === 0 ? '{}' : `{ ${entries.join('; ')} }`
    })
    return `${indentation}  readonly ${key(name)}: readonly [${types.join(', ')}]\n`
  })
  return `{\n${lines.join('')}${indentation}}`
}

/** Free text is only a string to the client's types; words, names of fields, numbers and booleans are literal. */
function valueType(value: AnnotationValue, type: ArgumentType | undefined): string {
  if (Array.isArray(value)) {
    const of = type?.type === 'list' ? type.of : undefined
    return `readonly [${value.map((item: AnnotationValue) => valueType(item, of)).join(', ')}]`
  }
  if (typeof value === 'object') {
    const of = type?.type === 'object' ? type.of : undefined
    const entries = Object.entries(value).map(([name, item]) => `readonly ${key(name)}: ${valueType(item, of)}`)
    return `{ ${entries.join('; ')} }`
  }
  if (typeof value === 'string') return type?.type === 'word' || type?.type === 'field' ? quote(value) : 'string'
  return String(value)
}
