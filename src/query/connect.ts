/**
 * `author: { connect: { id } }` of a new row: its foreign key is read from the row that is named, in the same statement, and
 * where that is not there nothing is written.
 */
import type { RelationMeta } from '../schema/model-meta.ts'
import { type Arguments, definedEntries, isPlainObject } from './call.ts'
import { columnOf, type Table } from './catalog.ts'
import type { Path } from './parameters.ts'
import { columnSql, equals, fromClause, type Source, sourceOf } from './source.ts'
import { uncovered } from './uncovered.ts'

/** A row that a new one is connected to. */
export interface Parent {
  readonly from: string
  readonly condition: string
}

export interface Connection {
  /** What `data` says of the row itself. */
  readonly scalars: unknown
  readonly parent: Parent | undefined
  /** The row's foreign key: field to the parent's column. */
  readonly connected: ReadonlyMap<string, string>
}

/** Splits `data` into the row itself and the one row that it is connected to. */
export function connection(source: Source, data: unknown, path: Path): Connection {
  if (!isPlainObject(data)) return uncovered('data that is not an object')
  const { runtime } = source.statement.catalog
  const entries = definedEntries(data, runtime)
  const related = entries.filter(([name]) => source.table.relations.has(name))
  const [given, ...more] = related
  if (!given) return { scalars: data, parent: undefined, connected: new Map() }
  // Of several parents only Prisma tells which one is not there.
  if (more.length > 0) return uncovered('several nested writes')
  const scalars = Object.fromEntries(entries.filter((entry) => entry !== given))
  requireChecked(source.table, scalars)
  const [name, value] = given
  return { scalars, ...parentOf(source, source.table.relations.get(name)!, value, [...path, name]) }
}

function parentOf(
  { statement }: Source,
  { model, owner, on, inverse }: RelationMeta,
  value: unknown,
  path: Path,
): Pick<Connection, 'parent' | 'connected'> {
  const { catalog } = statement
  if (!owner || !on || !isPlainObject(value)) return uncovered('a nested write')
  const parent = sourceOf(statement, catalog.table(model), null)
  // A parent that can have only one child is asked by Prisma whether it has one.
  if (!parent.table.relations.get(inverse)?.list) return uncovered('a connect of one to one')
  const [[word, key] = [], ...more] = definedEntries(value, catalog.runtime)
  if (word !== 'connect' || more.length > 0 || !isPlainObject(key)) return uncovered('a nested write')
  const [[field, sought] = [], ...others] = definedEntries(key, catalog.runtime)
  const isKey = field !== undefined && parent.table.uniques.get(field)?.fields.length === 1
  if (!isKey || others.length > 0 || sought === null || isPlainObject(sought)) {
    return uncovered('a connect by more than a key')
  }
  const condition = equals(parent, columnOf(parent.table, field), [...path, 'connect', field])
  return {
    parent: { from: fromClause(parent), condition },
    connected: new Map(on.fields.map((each, i) => [each, columnSql(parent, on.references[i]!)])),
  }
}

/** Beside a `connect` Prisma takes neither foreign keys nor what the database numbers. */
function requireChecked(table: Table, scalars: Arguments): void {
  const foreign = [...table.relations.values()].flatMap(({ owner, on }) => (owner && on ? on.fields : []))
  for (const name of Object.keys(scalars)) {
    const numbered = table.columns.get(name)?.field.default?.kind === 'database'
    if (numbered || foreign.includes(name)) uncovered('a connect beside a foreign key')
  }
}
