import type { IndexMeta, UniqueMeta } from '../model-meta.ts'
import type { Attribute, Field, ModelBlock } from '../syntax/declarations.ts'
import type { Value } from '../syntax/values.ts'
import { argumentOf, itemsOf, namesOf, stringOf } from './attributes.ts'
import { columnOf } from './fields.ts'
import { constraintName, operatorClassName } from './names.ts'
import { predicateOf } from './predicate.ts'

/** A model's name in the database and its fields' columns, as keys and indexes need them. */
export interface Table {
  readonly block: ModelBlock
  readonly name: string
}

/** The primary key and the unique keys, by the name under which Prisma's `where` takes them. Partial ones it takes not at all. */
export function uniquesOf(table: Table): Record<string, UniqueMeta> {
  const { block } = table
  const onFields = block.members.flatMap((field) =>
    field.attributes.flatMap((each) => uniqueOf(table, each, [field.name]) ?? []),
  )
  const onModel = block.attributes.flatMap((each) => uniqueOf(table, each, namesOf(fieldsOf(each))) ?? [])
  const whole = [...onFields, ...onModel].sort((a, b) => Number(b.primary ?? false) - Number(a.primary ?? false))
  return Object.fromEntries(whole.map((unique) => [unique.name, unique]))
}

function uniqueOf(table: Table, attribute: Attribute, fields: string[]): UniqueMeta | undefined {
  const primary = attribute.name === 'id'
  if (!primary && attribute.name !== 'unique') return undefined
  const written = stringOf(attribute, 'map')
  const database = written ?? constraintName(table.name, columnsOf(table, fields), primary ? 'pkey' : 'key')
  const where = predicateOf(argumentOf(attribute, 'where'), (field) => columnsOf(table, [field])[0]!)
  const name = stringOf(attribute, 'name') ?? fields.join('_')
  return {
    name: where === undefined ? name : database,
    fields,
    ...(table.block.kind === 'model' && { database }),
    ...(primary && { primary: true }),
    ...(where !== undefined && { where }),
  }
}

/** The indexes that are not unique. */
export function indexesOf(table: Table): IndexMeta[] {
  return table.block.attributes.filter((each) => each.name === 'index').map((each) => indexOf(table, each))
}

function indexOf(table: Table, attribute: Attribute): IndexMeta {
  const items = itemsOf(fieldsOf(attribute))
  const columns = columnsOf(table, namesOf(fieldsOf(attribute)))
  const method = argumentOf(attribute, 'type')
  const where = predicateOf(argumentOf(attribute, 'where'), (field) => columnsOf(table, [field])[0]!)
  return {
    database: stringOf(attribute, 'map') ?? stringOf(attribute, 'name') ?? constraintName(table.name, columns, 'idx'),
    columns: items.map(indexColumn),
    ...(method?.kind === 'word' && { method: method.value.replace('SpGist', 'Spgist').toLowerCase() }),
    ...(where !== undefined && { where }),
  }
}

function indexColumn(item: Value): IndexMeta['columns'][number] {
  if (item.kind !== 'call') return { field: item.kind === 'word' ? item.value : '' }
  const sort = item.arguments.find((each) => each.key === 'sort')?.value
  const operators = item.arguments.find((each) => each.key === 'ops')?.value
  return {
    field: item.name,
    ...(sort?.kind === 'word' && sort.value === 'Desc' && { descending: true }),
    ...(operators && { operatorClass: operatorClass(operators) }),
  }
}

function operatorClass(value: Value): string {
  if (value.kind === 'word') return operatorClassName(value.value)
  const raw = value.kind === 'call' ? value.arguments[0]?.value : undefined
  return raw?.kind === 'string' ? raw.value : ''
}

function fieldsOf(attribute: Attribute): Value | undefined {
  return argumentOf(attribute, 'fields', 'first')
}

function columnsOf({ block }: Table, names: readonly string[]): string[] {
  return names.map((name) => {
    const field: Field | undefined = block.members.find((each) => each.name === name)
    return field ? columnOf(field) : name
  })
}
