import type { ColumnShape, EnumShape, TableShape } from '../catalogue/index.ts'

/** Something that a migration destroys, or may fail on, where there are rows. Names are those before the migration. */
export interface Loss {
  readonly kind:
    | 'table dropped'
    | 'column dropped'
    | 'column retyped'
    | 'type narrowed'
    | 'required column added'
    | 'column made required'
    | 'enum value removed'
    | 'hand-made object dropped'
  readonly schema: string
  /** The table, or the enum. */
  readonly table: string
  /** The column, or the enum's value. */
  readonly column?: string
  /** What was made by hand: `index posts_recent`. */
  readonly object?: string
  /** Of a change of type. */
  readonly from?: string
  readonly to?: string
}

/** Compares the tables before and after. A column that kept its number is the same one, under whatever name. */
export function lossesBetween(before: readonly TableShape[], after: readonly TableShape[]): Loss[] {
  const later = new Map(after.map((each) => [each.oid, each]))
  return before.flatMap((table) => {
    const { schema, name } = table
    const now = later.get(table.oid)
    return now === undefined ? [{ kind: 'table dropped', schema, table: name }] : columnLosses(table, now)
  })
}

/** Values that an enum has no more. One that was renamed is another one here: its rows are converted by name, and fail. */
export function enumLossesBetween(
  before: readonly EnumShape[],
  after: readonly EnumShape[],
  nameAfter: (each: EnumShape) => string,
): Loss[] {
  return before.flatMap((each) => {
    const now = after.find(({ schema, name }) => schema === each.schema && name === nameAfter(each))
    return each.labels
      .filter((label) => now !== undefined && !now.labels.includes(label))
      .map((label): Loss => ({ kind: 'enum value removed', schema: each.schema, table: each.name, column: label }))
  })
}

function columnLosses(before: TableShape, after: TableShape): Loss[] {
  const place = { schema: before.schema, table: before.name }
  const numbers = new Map(after.columns.map((each) => [each.number, each]))
  const names = new Map(after.columns.map((each) => [each.name, each]))
  const known = new Set(before.columns.map((each) => each.number))
  return [
    ...before.columns.flatMap((column): Loss[] => {
      if (column.generated) return []
      const now = numbers.get(column.number)
      if (now === undefined) {
        const to = names.get(column.name)
        if (to === undefined) return [{ kind: 'column dropped', ...place, column: column.name }]
        return [{ kind: 'column retyped', ...place, column: column.name, from: column.type, to: to.type }]
      }
      return changeLosses(column, now).map((loss) => ({ ...loss, ...place, column: column.name }))
    }),
    ...after.columns
      .filter((each) => !known.has(each.number) && !each.nullable && !each.defaulted && !each.generated)
      .map((each): Loss => ({ kind: 'required column added', ...place, column: each.name })),
  ]
}

function changeLosses(before: ColumnShape, now: ColumnShape): Pick<Loss, 'kind' | 'from' | 'to'>[] {
  const required = before.nullable && !now.nullable
  return [
    ...(isRenamed(before, now) || holdsAll(now.type, before.type)
      ? []
      : [{ kind: 'type narrowed' as const, from: before.type, to: now.type }]),
    ...(required ? [{ kind: 'column made required' as const }] : []),
  ]
}

/** The same type under another name: of an enum that was renamed. */
function isRenamed(before: ColumnShape, now: ColumnShape): boolean {
  return (
    before.typeId === now.typeId &&
    parseType(before.type).modifiers.length === 0 &&
    parseType(now.type).modifiers.length === 0
  )
}

const widening: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint', 'numeric', 'real', 'double precision'],
  integer: ['bigint', 'numeric', 'double precision'],
  bigint: ['numeric'],
  real: ['double precision'],
  date: ['timestamp without time zone', 'timestamp with time zone'],
  json: ['jsonb'],
}

/** Whether every value of a type has its equal in another. Types as format_type writes them. */
export function holdsAll(to: string, from: string): boolean {
  if (to === from || to === 'text' || to === 'character varying') return true
  const [a, b] = [parseType(from), parseType(to)]
  if (a.name !== b.name) return b.modifiers.length === 0 && (widening[a.name]?.includes(b.name) ?? false)
  if (b.modifiers.length === 0) return true
  if (a.modifiers.length === 0) return false
  if (a.name !== 'numeric') return b.modifiers[0]! >= a.modifiers[0]!
  const [precision = 0, scale = 0] = a.modifiers
  const [toPrecision = 0, toScale = 0] = b.modifiers
  return toScale >= scale && toPrecision - toScale >= precision - scale
}

function parseType(type: string): { name: string; modifiers: number[] } {
  const modifiers = /\((?<list>[\d,]+)\)/.exec(type)?.groups?.list ?? ''
  return { name: type.replace(/\([\d,]+\)/, ''), modifiers: modifiers === '' ? [] : modifiers.split(',').map(Number) }
}
