/** How often each value occurs among the matches. */
import {
  type Column,
  columnOf,
  columnSql,
  type Output,
  relatedRows,
  type Source,
  type Statement,
  sourceOf,
  type Table,
  uncovered,
  type WireRow,
} from '../../query/index.ts'
import { keyName } from './newest.ts'

export interface FacetValue {
  readonly value: unknown
  /** How many of the matches have it. */
  readonly count: number
}

/** Values of a facet at most; the commonest. */
const most = 50

/** `tags.tag.name`: over relations to a field. */
export type FacetPath = string

/**
 * Adds a facet to the output: a list of pairs as JSON. A row counts once for each of its values, however often it has it.
 *
 * @param matches - FROM's item with the keys of the matches, under the alias `"m"`.
 */
export function addFacet(
  output: Output,
  statement: Statement,
  table: Table,
  path: FacetPath,
  matches: string,
): (row: WireRow) => FacetValue[] {
  const source: CountedRows = { ...sourceOf(statement, table), used: new Set() }
  const key = table.key.map((field) => columnSql(source, field)).join(', ')
  const tables: string[] = []
  const conditions: string[] = []
  let place: Source = source
  const names = path.split('.')
  for (const name of names.slice(0, -1)) {
    const relation = place.table.relations.get(name) ?? uncovered(`the facet ${path}: there is no relation ${name}`)
    const { target, from, link } = relatedRows(place, relation)
    tables.push(from())
    conditions.push(link)
    place = target
  }
  const column = columnOf(place.table, names.at(-1)!)
  const value = columnSql(place, column.field.name)
  conditions.push(`${value} IS NOT NULL`)
  const from = [matchedRows(source, matches), ...tables].join(', ')
  const rows = `SELECT DISTINCT ${key}, ${value} AS "value" FROM ${from} WHERE ${conditions.join(' AND ')}`
  const counted = `SELECT "value", count(*) AS "count" FROM (${rows}) AS "rows" GROUP BY "value" ORDER BY 2 DESC, 1 LIMIT ${most}`
  const text = column.codec.jsonAsText ? '"value"::text' : '"value"'
  const at = output.add(
    `(SELECT json_agg(json_build_array(${text}, "count") ORDER BY "count" DESC, "value") FROM (${counted}) AS "facet")`,
  )
  return (row) => readFacet(row[at] ?? null, column)
}

type CountedRows = Source & Required<Pick<Source, 'used'>>

/** The rows of the matches; the matches themselves where nothing but their keys is read, as by most relations to many. */
function matchedRows({ table, alias, used }: CountedRows, matches: string): string {
  const columns = table.key.map((field, i) => ({ sql: columnOf(table, field).sql, name: keyName(i) }))
  if ([...used].every((field) => table.key.includes(field)))
    return `(SELECT ${columns.map(({ sql, name }) => `${name} AS ${sql}`).join(', ')} FROM ${matches}) AS ${alias}`
  const joined = columns.map(({ sql, name }) => `${alias}.${sql} = "m".${name}`).join(' AND ')
  return `${matches} INNER JOIN ${table.sql} AS ${alias} ON ${joined}`
}

function readFacet(text: string | null, { codec }: Column): FacetValue[] {
  const pairs = text === null ? [] : (JSON.parse(text) as [unknown, number][])
  return pairs.map(([value, count]) => ({ value: codec.readJson(value), count }))
}
