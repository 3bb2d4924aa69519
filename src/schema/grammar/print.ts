import type { AnnotationArguments, AnnotationValue } from '../model-meta.ts'
import { type ArgumentType, itemType } from './argument.ts'
import type { AnnotationDefinition } from './define.ts'

/** Writes an annotation as it stands in a schema, every argument with its name. Reading it gives the same arguments. */
export function printAnnotation({ name, arguments: known }: AnnotationDefinition, given: AnnotationArguments): string {
  const list = Object.entries(given).map(
    ([argument, value]) => `${argument}: ${printValue(value, known[argument]?.kind.describe)}`,
  )
  return `@${name}(${list.join(', ')})`
}

function printValue(value: AnnotationValue, type: ArgumentType | undefined): string {
  if (typeof value === 'string') return type?.type === 'word' || type?.type === 'field' ? value : JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  const of = itemType(type)
  const items = Array.isArray(value)
    ? value.map((item: AnnotationValue) => printValue(item, of))
    : Object.entries(value).map(([name, item]) => `${name}: ${printValue(item, of)}`)
  return `[${items.join(', ')}]`
}
