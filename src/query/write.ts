/**
 * Writes of one model as one statement: `create`, `update`, `delete`, `upsert` of one row, and the writes of many. What
 * touches a second table (nested writes, related rows of the result) is Prisma's.
 */
import { type Arguments, definedEntries, isPlainObject, requireKnown, type WriteOperation } from './call.ts'
import { type Column, columnOf, type Table } from './catalog.ts'
import { insertRows } from './create-many.ts'
import { type Assignment, insertAssignments, type NewRow, updateAssignments } from './data.ts'
import { type Encode, type Path, valueAt } from './parameters.ts'
import type { Compiled } from './plan.ts'
import { requireUnique } from './read.ts'
import { Output, selectObject } from './selection.ts'
import { type Source, type Statement, sourceOf } from './source.ts'
import { uncovered } from './uncovered.ts'
import { whereClause, whereOf } from './where.ts'

export function compileWrite(statement: Statement, table: Table, operation: WriteOperation, args: Arguments): Compiled {
  const source = sourceOf(statement, table, null)
  switch (operation) {
    case 'create':
      return create(source, args)
    case 'update':
      return update(source, args)
    case 'upsert':
      return upsert(source, args)
    case 'delete':
      return remove(source, args)
    case 'updateMany':
    case 'updateManyAndReturn':
      return updateMany(source, args, operation === 'updateManyAndReturn')
    case 'deleteMany':
      return deleteMany(source, args)
    case 'createMany':
    case 'createManyAndReturn':
      return createMany(source, args, operation === 'createManyAndReturn')
    default:
      return uncovered(`the operation ${operation as string}`)
  }
}

const selection = ['select', 'include', 'omit']

function create(source: Source, args: Arguments): Compiled {
  requireKnown(args, ['data', ...selection])
  const insert = insertInto(source, insertAssignments(source, args.data ?? {}, ['data']))
  const { returning, read } = returned(source, args)
  return { text: `${insert}${returning}`, result: 'one', read }
}

function update(source: Source, args: Arguments): Compiled {
  requireKnown(args, ['where', 'data', ...selection])
  requireUnique(source.table, args)
  const set = assigned(updateAssignments(source, args.data, ['data']))
  const where = condition(source, args)
  const { returning, read } = returned(source, args)
  return { text: `UPDATE ${named(source)} SET ${set}${where}${returning}`, result: 'one', read }
}

function remove(source: Source, args: Arguments): Compiled {
  requireKnown(args, ['where', ...selection])
  requireUnique(source.table, args)
  const where = condition(source, args)
  const { returning, read } = returned(source, args)
  return { text: `DELETE FROM ${named(source)}${where}${returning}`, result: 'one', read }
}

/**
 * `INSERT … ON CONFLICT DO UPDATE`, under the conditions of Prisma's own: the `where` is one unique key and nothing else, and
 * `create` gives that key the same values.
 *
 * @see https://www.prisma.io/docs/orm/reference/prisma-client-reference#database-upserts
 */
function upsert(source: Source, args: Arguments): Compiled {
  requireKnown(args, ['where', 'create', 'update', ...selection])
  const { key, path } = onlyKey(source, args.where)
  const { parameters } = source.statement
  const row = insertAssignments(source, args.create, ['create'])
  // A parent that is not there would be no row instead of an error.
  if (row.parent) uncovered('an upsert that connects')
  const set = assigned(updateAssignments(source, args.update, ['update']))
  const matching = key.map((column) => {
    const { name } = column.field
    const sought = parameters.make((call) => {
      const value = column.codec.encode(valueAt(call, [...path, name]))
      const created = column.codec.encode(valueAt(call, ['create', name]))
      return value === created ? value : uncovered('an upsert that creates another key')
    })
    return `${source.alias}.${column.sql} = ${sought}`
  })
  const target = key.map((column) => column.sql).join(', ')
  const { returning, read } = returned(source, args)
  const text = `${insertInto(source, row)} ON CONFLICT (${target}) DO UPDATE SET ${set} WHERE ${matching.join(' AND ')}${returning}`
  return { text, result: 'one', read }
}

/** The columns of the one unique key that a `where` consists of, and the path to their values. */
function onlyKey({ table, statement }: Source, where: unknown): { key: Column[]; path: Path } {
  if (!isPlainObject(where)) return uncovered('a where that is not an object')
  const [[name, value] = [], ...more] = definedEntries(where, statement.catalog.runtime)
  const unique = name === undefined ? undefined : table.uniques.get(name)
  if (!unique || more.length > 0) return uncovered('an upsert by more than a key')
  const key = unique.fields.map((field) => columnOf(table, field))
  if (key.length > 1) return { key, path: ['where', unique.name] }
  return value === null || isPlainObject(value) ? uncovered('a filter on a unique key') : { key, path: ['where'] }
}

function updateMany(source: Source, args: Arguments, returns: boolean): Compiled {
  requireKnown(args, returns ? ['where', 'data', 'limit', ...selection] : ['where', 'data', 'limit'])
  const set = assigned(updateAssignments(source, args.data, ['data']))
  const text = `UPDATE ${named(source)} SET ${set}${limited(source, args)}`
  return many(source, args, text, returns)
}

function deleteMany(source: Source, args: Arguments): Compiled {
  requireKnown(args, ['where', 'limit'])
  return { text: `DELETE FROM ${named(source)}${limited(source, args)}`, result: 'count' }
}

function createMany(source: Source, args: Arguments, returns: boolean): Compiled {
  requireKnown(args, returns ? ['data', 'skipDuplicates', ...selection] : ['data', 'skipDuplicates'])
  const skip = skips(args.skipDuplicates) ? ' ON CONFLICT DO NOTHING' : ''
  if (!returns) return { ...insertRows(source, args.data, skip), result: 'count' }
  const { returning, read } = returned(source, args)
  return { ...insertRows(source, args.data, `${skip}${returning}`), result: 'many', read, backwards: false }
}

function skips(skipDuplicates: unknown): boolean {
  if (skipDuplicates === undefined || typeof skipDuplicates === 'boolean') return skipDuplicates === true
  return uncovered('a skipDuplicates that is not a boolean')
}

function many(source: Source, args: Arguments, text: string, returns: boolean): Compiled {
  if (!returns) return { text, result: 'count' }
  const { returning, read } = returned(source, args)
  return { text: `${text}${returning}`, result: 'many', read, backwards: false }
}

function insertInto(source: Source, { assignments, parent }: NewRow): string {
  if (assignments.length === 0) return `INSERT INTO ${named(source)} DEFAULT VALUES`
  const names = assignments.map(({ column }) => column.sql).join(', ')
  const values = assignments.map(({ sql }) => sql).join(', ')
  if (!parent) return `INSERT INTO ${named(source)} (${names}) VALUES (${values})`
  return `INSERT INTO ${named(source)} (${names}) SELECT ${values} FROM ${parent.from} WHERE ${parent.condition}`
}

function assigned(assignments: readonly Assignment[]): string {
  return assignments.map(({ column, sql }) => `${column.sql} = ${sql}`).join(', ')
}

function named({ table, alias }: Source): string {
  return `${table.sql} AS ${alias}`
}

function condition(source: Source, args: Arguments): string {
  return whereClause([whereOf(source, args, [])])
}

/** The condition of a write of many rows, of which `limit` takes the first that come. */
function limited(source: Source, args: Arguments): string {
  if (args.limit === undefined) return condition(source, args)
  const { statement, table, alias } = source
  const chosen = sourceOf(statement, table, null)
  const keyOf = (of: string) => table.key.map((field) => `${of}.${columnOf(table, field).sql}`).join(', ')
  if (table.key.length === 0) return uncovered('a model without a key')
  const where = condition(chosen, args)
  const limit = statement.parameters.add(['limit'], encodeLimit)
  return ` WHERE (${keyOf(alias)}) IN (SELECT ${keyOf(chosen.alias)} FROM ${named(chosen)}${where} LIMIT ${limit})`
}

const encodeLimit: Encode = (value) =>
  Number.isInteger(value) && (value as number) >= 0 ? String(value) : uncovered('a limit that is not a count')

function returned(
  source: Source,
  args: Arguments,
): { returning: string; read: Extract<Compiled, { result: 'one' }>['read'] } {
  requireScalars(source, args)
  const output = new Output(false)
  const read = selectObject(source, args, [], output)
  return { returning: ` RETURNING ${output.expressions.join(', ')}`, read }
}

function requireScalars({ table, statement }: Source, { select, include }: Arguments): void {
  for (const each of [select, include]) {
    if (!isPlainObject(each)) continue
    for (const [name, value] of definedEntries(each, statement.catalog.runtime)) {
      if (value !== false && (name === '_count' || table.relations.has(name)))
        uncovered('related rows of a written row')
    }
  }
}
