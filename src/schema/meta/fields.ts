import type { FieldMeta } from '../model-meta.ts'
import type { Attribute, Field } from '../syntax/declarations.ts'
import type { Value } from '../syntax/values.ts'
import { findAttribute, hasAttribute, stringOf } from './attributes.ts'
import { defaultOf } from './default.ts'

/** The column's name in the database. */
export function columnOf(field: Field): string {
  return stringOf(findAttribute(field.attributes, 'map'), 'name', 'first') ?? field.name
}

/**
 * What a field that has a column says of itself.
 *
 * @param datasource - Its name is the prefix of native types: `@db.Uuid`.
 */
export function fieldMeta(field: Field, enums: ReadonlySet<string>, datasource: string): FieldMeta {
  const native = field.attributes.find((each) => each.name.startsWith(`${datasource}.`))
  const value = defaultOf(field)
  return {
    name: field.name,
    column: columnOf(field),
    kind: field.unsupported ? 'unsupported' : enums.has(field.type) ? 'enum' : 'scalar',
    type: field.type,
    ...(native && { native: nativeType(native, datasource) }),
    ...(field.list && { list: true }),
    ...(field.optional && { nullable: true }),
    ...(value && { default: value }),
    ...(hasAttribute(field.attributes, 'updatedAt') && { updatedAt: true }),
    ...(hasAttribute(field.attributes, 'ignore') && { ignored: true }),
  }
}

function nativeType(attribute: Attribute, datasource: string): string {
  const name = attribute.name.slice(datasource.length + 1)
  if (attribute.arguments.length === 0) return name
  return `${name}(${attribute.arguments.map(({ value }) => digits(value)).join(', ')})`
}

function digits(value: Value): string {
  return value.kind === 'number' ? value.digits : 'value' in value ? String(value.value) : ''
}
