/** How often each value occurs among the matches. */
import {
  type Column,
  columnOf,
  columnSql,
  type Output,
  relatedRows,
  type Source,
  uncovered,
  type WireRow,
} from '../../query/index.ts'

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
 * @param joined - The condition that leads from a match to its row in `source`.
 */
export function addFacet(
  output: Output,
  source: Source,
  path: FacetPath,
  matches: string,
  joined: string,
  key: string,
): (row: WireRow) => FacetValue[] {
  const tables: string[] = [matches, `${source.table.sql} AS ${source.alias}`]
  const conditions = [joined]
  let place = source
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
  const rows = `SELECT DISTINCT ${key}, ${value} AS "value" FROM ${tables.join(', ')} WHERE ${conditions.join(' AND ')} AND ${value} IS NOT NULL`
  const counted = `SELECT "value", count(*) AS "count" FROM (${rows}) AS "rows" GROUP BY "value" ORDER BY 2 DESC, 1 LIMIT ${most}`
  const text = column.codec.jsonAsText ? '"value"::text' : '"value"'
  const at = output.add(
    `(SELECT json_agg(json_build_array(${text}, "count") ORDER BY "count" DESC, "value") FROM (${counted}) AS "facet")`,
  )
  return (row) => readFacet(row[at] ?? null, column)
}

function readFacet(text: string | null, { codec }: Column): FacetValue[] {
  const pairs = text === null ? [] : (JSON.parse(text) as [unknown, number][])
  return pairs.map(([value, count]) => ({ value: codec.readJson(value), count }))
}
