/**
 * Results without the orders that their calls leave open: a list without `orderBy`, or ordered by what several rows share,
 * may come in any order from PostgreSQL. Such lists are sorted; all others stay as they are.
 */
import type { Arguments, Call } from '../../src/query/call.ts'
import type { ModelMeta, SchemaMeta } from '../../src/schema/model-meta.ts'

export function withoutOpenOrders(schema: SchemaMeta, { model, operation, args }: Call, result: unknown): unknown {
  if (!Array.isArray(result))
    return operation.startsWith('find') ? object(schema, schema.models[model]!, args, result) : result
  if (operation === 'groupBy') return isTotalOfGroups(args) ? result : sorted(result)
  return list(schema, schema.models[model]!, args, result)
}

function list(schema: SchemaMeta, model: ModelMeta, args: Arguments, rows: readonly unknown[]): unknown[] {
  const objects = rows.map((row) => object(schema, model, args, row))
  return isTotal(model, args) ? objects : sorted(objects)
}

/** Puts the lists inside one object into an order that no longer depends on the database. */
function object(schema: SchemaMeta, model: ModelMeta, args: Arguments, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const selection = (args.select ?? args.include ?? {}) as Arguments
  const entries = Object.entries(value).map(([name, property]) => {
    const relation = model.relations[name]
    if (!relation) return [name, property]
    const inner = selection[name] === true ? {} : (selection[name] as Arguments)
    const other = schema.models[relation.model]!
    return [
      name,
      Array.isArray(property) ? list(schema, other, inner, property) : object(schema, other, inner, property),
    ]
  })
  return Object.fromEntries(entries)
}

/** True where `orderBy` leaves no two rows in the same place. Prisma orders by the key where a page has no order. */
function isTotal(model: ModelMeta, { orderBy, take, skip, cursor }: Arguments): boolean {
  const terms = (orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy : [orderBy]) as Arguments[]
  const fields = terms.flatMap((term) => Object.keys(term))
  if (fields.length === 0) return take !== undefined || skip !== undefined || cursor !== undefined
  return Object.values(model.uniques).some((unique) =>
    unique.fields.every((field) => fields.includes(field) && !model.fields[field]!.nullable),
  )
}

function isTotalOfGroups({ by, orderBy }: Arguments): boolean {
  const fields = ((orderBy ?? []) as Arguments[]).flatMap((term) => Object.keys(term))
  return (by as string[]).every((field) => fields.includes(field))
}

function sorted(values: readonly unknown[]): unknown[] {
  return values
    .map((value) => ({ value, key: JSON.stringify(value, canonical) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ value }) => value)
}

/** The same text for equal values, whatever the order of their properties. */
function canonical(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
