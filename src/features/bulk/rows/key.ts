/** The unique key by which a bulk write finds rows. */
import type { Column, Table } from '../../../query/index.ts'
import type { UniqueMeta } from '../../../schema/model-meta.ts'
import { bulkArgument, bulkDuplicate, bulkKey, bulkUnsupported, bulkValue } from '../errors.ts'
import type { Group, Texts } from './groups.ts'
import { ordered } from './order.ts'

export interface Key {
  readonly unique: UniqueMeta
  /** In the order of the index. */
  readonly columns: readonly Column[]
}

/** @throws SUB_BULK_ARGUMENT, SUB_BULK_KEY */
export function keyOf(operation: string, argument: string, table: Table, fields: unknown): Key {
  if (table.meta.view) throw bulkUnsupported({ operation, reason: 'its being a view' })
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string'))
    throw bulkArgument({ operation, argument, fault: 'takes the fields of a unique key, in a list' })
  const uniques = [...table.uniques.values()]
  const matching = uniques.filter((unique) => sameFields(unique.fields, fields))
  // A key that holds for all rows serves better than one that holds for some.
  const unique = matching.find(({ where }) => where === undefined) ?? matching[0]
  if (unique === undefined) throw bulkKey({ operation, given: fields, keys: uniques.map((each) => each.fields) })
  return { unique, columns: unique.fields.map((field) => table.columns.get(field)!) }
}

function sameFields(fields: readonly string[], given: readonly string[]): boolean {
  return fields.length === given.length && fields.every((field) => given.includes(field))
}

export type OnDuplicate = 'error' | 'first' | 'last'

/** What separates the parts of a compound key: no text of PostgreSQL holds it. */
const SEPARATOR = '\0'

/**
 * The positions of the rows in the order of their keys, group by group; of rows with one key, those that count.
 *
 * @throws SUB_BULK_DUPLICATE, SUB_BULK_VALUE for a row without a key
 */
export function orderByKey(
  operation: string,
  { columns, unique }: Key,
  rows: { readonly texts: Texts; readonly count: number },
  groups: readonly Group[],
  onDuplicate: OnDuplicate,
): Uint32Array[] {
  const keys = keysOf(operation, columns, rows, groups)
  const order = ordered(keys)
  const groupOf = groups.length === 1 ? undefined : groupsByPosition(rows.count, groups)
  const kept = groups.map(({ positions }) => new Uint32Array(positions.length))
  const lengths = groups.map(() => 0)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && keys[order[to]!] === keys[order[from]!]) to++
    if (to - from > 1 && onDuplicate === 'error')
      throw bulkDuplicate({ operation, fields: unique.fields, first: order[from]!, second: order[from + 1]! })
    const position = order[onDuplicate === 'last' ? to - 1 : from]!
    const group = groupOf?.[position] ?? 0
    kept[group]![lengths[group]!++] = position
    from = to
  }
  return kept.map((positions, group) => positions.subarray(0, lengths[group]))
}

/** Types whose values are equal in upper and lower case. */
const caseless: ReadonlySet<string | undefined> = new Set(['Citext', 'Uuid'])

function keysOf(
  operation: string,
  columns: readonly Column[],
  rows: { readonly texts: Texts; readonly count: number },
  groups: readonly Group[],
): string[] {
  const keys = new Array<string>(rows.count)
  for (const { fields, positions } of groups) {
    columns.forEach((column, part) => {
      const field = column.field.name
      if (!fields.includes(field)) throw bulkValue({ operation, row: positions[0]!, field, fault: 'missing' })
      const texts = rows.texts(column, positions)
      const isCaseless = caseless.has(column.field.native)
      positions.forEach((position, i) => {
        const text = texts[i]!
        if (text === null) throw bulkValue({ operation, row: position, field, fault: 'null, by which no row is found' })
        const same = isCaseless ? text.toLowerCase() : text
        keys[position] = part === 0 ? same : keys[position] + SEPARATOR + same
      })
    })
  }
  return keys
}

function groupsByPosition(count: number, groups: readonly Group[]): Uint32Array {
  const groupOf = new Uint32Array(count)
  groups.forEach(({ positions }, group) => {
    for (const position of positions) groupOf[position] = group
  })
  return groupOf
}
