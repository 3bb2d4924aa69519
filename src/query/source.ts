/** A table in a FROM clause under construction. */

import { identifier } from '../pg/sql.ts'
import type { RelationMeta } from '../schema/model-meta.ts'
import { type Catalog, type Column, columnOf, qualified, type Table } from './catalog.ts'
import type { Encode, Parameters, Path } from './parameters.ts'
import { uncovered } from './uncovered.ts'

/** What all parts of one statement share. */
export class Statement {
  readonly catalog: Catalog
  readonly parameters: Parameters
  #aliases = 0

  constructor(catalog: Catalog, parameters: Parameters) {
    this.catalog = catalog
    this.parameters = parameters
  }

  alias(): string {
    return `"t${this.#aliases++}"`
  }
}

/** One table of a FROM clause with the joins that hang on it. */
export interface Source {
  readonly statement: Statement
  readonly table: Table
  readonly alias: string
  /** LEFT JOIN clauses, in order; null where the clause takes none (UPDATE, DELETE), so that filters use EXISTS. */
  readonly joins: string[] | null
  /** Where the source is a subquery: the fields that are read of it, noted as they are. */
  readonly used?: Set<string>
}

export function sourceOf(statement: Statement, table: Table, joins: string[] | null = []): Source {
  return { statement, table, alias: statement.alias(), joins }
}

/** `FROM` without the word: the table, its alias and its joins. */
export function fromClause(source: Source): string {
  return [`${source.table.sql} AS ${source.alias}`, ...(source.joins ?? [])].join(' ')
}

/** A column as seen in this source. */
export function columnSql(source: Source, field: string): string {
  source.used?.add(field)
  return `${source.alias}.${columnOf(source.table, field).sql}`
}

/** A column equal to a value of the arguments. */
export function equals(source: Source, column: Column, path: Path, encode: Encode = column.codec.encode): string {
  return `${columnSql(source, column.field.name)} = ${source.statement.parameters.add(path, encode)}`
}

/** Left-joins the other side of a to-one relation, which never multiplies rows, and returns it as a source. */
export function joinOne(source: Source, relation: RelationMeta): Source {
  if (!source.joins) return uncovered('a join where none can stand')
  const { statement } = source
  // The joined table's own joins go to the same list: it comes before whatever hangs on it.
  const target = sourceOf(statement, statement.catalog.table(relation.model), source.joins)
  source.joins.push(`LEFT JOIN ${target.table.sql} AS ${target.alias} ON ${linked(source, relation, target)}`)
  return target
}

/** A subquery's FROM over the rows related to the current row of `source`, and the condition that links them. */
export function relatedRows(
  source: Source,
  relation: RelationMeta,
): { target: Source; from: () => string; link: string } {
  const { statement } = source
  const target = sourceOf(statement, statement.catalog.table(relation.model))
  if (!relation.through) return { target, from: () => fromClause(target), link: linked(source, relation, target) }
  const { table, schema, own, other } = relation.through
  const bridge = statement.alias()
  const [ownKey, targetKey] = [singleKey(source.table), singleKey(target.table)]
  const bridgeJoin = `${qualified(table, schema)} AS ${bridge} INNER JOIN ${target.table.sql} AS ${target.alias} ON ${columnSql(target, targetKey)} = ${bridge}.${identifier(other)}`
  return {
    target,
    from: () => [bridgeJoin, ...(target.joins ?? [])].join(' '),
    link: `${columnSql(source, ownKey)} = ${bridge}.${identifier(own)}`,
  }
}

function singleKey(table: Table): string {
  const [field, ...more] = table.key
  return field !== undefined && more.length === 0 ? field : uncovered('a many-to-many over a compound key')
}

function linked(source: Source, relation: RelationMeta, target: Source): string {
  const { on } = relation
  if (!on) return uncovered('a relation without columns')
  return on.fields
    .map((field, i) => `${columnSql(source, field)} = ${columnSql(target, on.references[i]!)}`)
    .join(' AND ')
}
