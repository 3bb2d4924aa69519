import type { ClientGenerator, DefaultMeta } from '../model-meta.ts'
import type { Field } from '../syntax/declarations.ts'
import type { Value } from '../syntax/values.ts'
import { argumentOf, findAttribute } from './attributes.ts'

const clientGenerators: readonly string[] = ['cuid', 'uuid', 'ulid', 'nanoid', 'now'] satisfies ClientGenerator[]

function isClientGenerator(name: string): name is ClientGenerator {
  return clientGenerators.includes(name)
}

/** The default of a field. */
export function defaultOf(field: Field): DefaultMeta | undefined {
  const value = argumentOf(findAttribute(field.attributes, 'default'), 'value', 'first')
  if (value === undefined) return undefined
  if (value.kind !== 'call') return { kind: 'literal', value: literal(value, field.type) }
  if (!isClientGenerator(value.name)) return { kind: 'database' }
  const args = value.arguments.flatMap(({ value: each }) =>
    'value' in each && typeof each.value !== 'boolean' ? [each.value] : [],
  )
  return { kind: 'client', generator: value.name, ...(args.length > 0 && { args }) }
}

/** True for `dbgenerated()` without SQL: the column has a value of its own making, but no DEFAULT. */
export function isEmptyDbgenerated(field: Field): boolean {
  const value = argumentOf(findAttribute(field.attributes, 'default'), 'value', 'first')
  return value?.kind === 'call' && value.name === 'dbgenerated' && value.arguments.length === 0
}

type Literal = string | number | boolean

function literal(value: Value, type: string): Literal | Literal[] {
  if (value.kind === 'list') return value.items.map((item) => scalarLiteral(item, type))
  return scalarLiteral(value, type)
}

/** BigInt and Decimal keep every digit as written. */
function scalarLiteral(value: Value, type: string): Literal {
  if (value.kind === 'number') return type === 'BigInt' || type === 'Decimal' ? value.digits : value.value
  return 'value' in value ? value.value : ''
}
