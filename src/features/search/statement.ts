/**
 * A search as one statement: `matches` are the newest rows that match, a bounded number of them; `page` those that are asked for,
 * in their order; what is selected, its highlights and related rows are read for the page only.
 */
import { identifier } from '../../pg/index.ts'
import {
  type Arguments,
  type Catalog,
  columnOf,
  Output,
  Parameters,
  Statement,
  selectObject,
  sourceOf,
  type WireRow,
} from '../../query/index.ts'
import { addFacet, type FacetValue } from './facets.ts'
import { headline, toHtml } from './highlight.ts'
import { bySimilarWords, byWords, type ColumnOf, columnsUnder, type Match, type TextShape } from './match.ts'
import { AT, type Condition, HIT, isRowOf, keyName, type Matches, newestMatches, RANK, sample } from './newest.ts'
import type { Searchable } from './searchable.ts'

export type Order = 'rank' | 'newest'

/** What of a search decides its SQL. */
export interface SearchShape extends TextShape {
  readonly order: Order
  /** How many similar words are looked for; 0 for a search by the words themselves. */
  readonly similar: number
  readonly any: boolean
  readonly excluding: boolean
  readonly highlight: readonly string[]
  readonly facets: readonly string[]
  /** Of how many values the place is behind which the page begins; 0 for the first page. */
  readonly after: number
  /** How many rows are read: one more than asked for, to know whether there are more. */
  readonly take: number
  /** How many matches are ranked and counted. */
  readonly cap: number
  /** Whether a sample decides by which index the newest matches are found: over time, which is right for common words, or over words. */
  readonly sampled: boolean
}

/** Its values. */
export interface SearchValues extends Arguments {
  readonly text: string
  readonly words: readonly string[]
  readonly excluded: string
  readonly after: readonly string[]
}

/** What a statement was answered with. */
export interface Found {
  readonly found: readonly object[]
  /** Where a row stands in the order: rank, newest, key; as PostgreSQL writes them. */
  readonly placeOf: (at: number) => readonly string[]
  /** Whether there are more matches than were ranked and counted. */
  readonly capped: boolean
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>
}

export interface SearchPlan {
  readonly text: string
  readonly bind: (values: SearchValues) => (string | null)[]
  readonly decode: (rows: readonly WireRow[]) => Found
}

/** @throws Uncovered for a `where` or a selection that Prisma would refuse. */
export function searchPlan(
  catalog: Catalog,
  searchable: Searchable,
  shape: SearchShape,
  values: SearchValues,
): SearchPlan {
  const parameters = new Parameters()
  const statement = new Statement(catalog, parameters)
  const table = catalog.table(searchable.model.name)
  const keys = table.key.map((_, i) => keyName(i))
  const order = [...(shape.order === 'rank' ? [RANK] : []), AT, ...keys]
  const match = matchOf(searchable, shape, parameters)
  // Few rows with the words of a phrase may have the phrase: its pages do not go on until they are full.
  const within = shape.order === 'rank' || match.loose !== undefined
  const bounded = within || shape.facets.length > 0
  // In the text, since a generic plan takes a limit that it does not know for a tenth of the table.
  const [cap, take] = [shape.cap, shape.take]
  const newest = `SELECT * FROM "matches" LIMIT ${cap}`
  const limited = match.loose ? `(SELECT * FROM (${newest}) AS "m" WHERE ${HIT}) AS "m"` : `(${newest}) AS "m"`

  const place = () => order.map((_, i) => parameters.add(['after', i], String)).join(', ')
  const matches: Matches = { statement, searchable, match, where: values.where, sampled: shape.sampled }
  const withs: string[] = shape.sampled ? [`"sample" AS MATERIALIZED (${sample(matches)})`] : []
  if (bounded) withs.push(`"matches" AS MATERIALIZED (${newestMatches(matches, cap + 1)})`)
  if (within) {
    const beyond = shape.after > 0 ? ` WHERE (${order.join(', ')}) < (${place()})` : ''
    withs.push(
      `"page" AS (SELECT * FROM ${limited}${beyond} ORDER BY ${order.map(descending).join(', ')} LIMIT ${take})`,
    )
  } else {
    const beyond: Condition = ({ alias }) => {
      const columns = [searchable.newest.column, ...table.key.map((field) => columnOf(table, field).field.column)]
      return [`(${columns.map((each) => `${alias}.${identifier(each)}`).join(', ')}) < (${place()})`]
    }
    withs.push(`"page" AS MATERIALIZED (${newestMatches(matches, take, shape.after > 0 ? beyond : undefined)})`)
  }

  const output = new Output(false)
  const source = sourceOf(statement, table)
  const read = selectObject(source, values, [], output)
  const column: ColumnOf = columnsUnder(source.alias)
  const rank = output.add(`"page".${RANK}::text`)
  const places = order.map((each) => (each === RANK ? rank : output.add(`"page".${each}::text`)))
  const highlights = shape.highlight.map((name) => {
    const { field } = columnOf(table, name)
    const sql = headline(searchable, field, (each) => column(each.column), match.query)
    return [name, output.add(sql)] as const
  })
  const capped = bounded ? output.add(`(SELECT count(*) FROM "matches") > ${cap}`) : undefined
  const facets = shape.facets.map((path) => [path, addFacet(output, statement, table, path, limited)] as const)

  // One row at least, so that what is said of all matches is said where a page has none.
  const from = `(SELECT) AS "one" LEFT JOIN ("page" INNER JOIN ${table.sql} AS ${source.alias} ON ${isRowOf('"page"', source)}) ON TRUE`
  const text = [
    `WITH ${withs.join(', ')} SELECT ${output.expressions.join(', ')}`,
    `FROM ${[from, ...(source.joins ?? [])].join(' ')}`,
    `ORDER BY ${order.map((each) => descending(`"page".${each}`)).join(', ')}`,
  ].join(' ')

  function decode(rows: readonly WireRow[]): Found {
    const [first] = rows
    const found = rows.filter((row) => row[rank] !== null)
    return {
      found: found.map((row) => {
        const marked = highlights.map(([name, at]) => [name, row[at] === null ? null : toHtml(row[at]!)] as const)
        return Object.assign(read(row), { rank: Number(row[rank]), highlights: Object.fromEntries(marked) })
      }),
      placeOf: (at) => places.map((column) => found[at]![column]!),
      capped: capped !== undefined && first?.[capped] === 't',
      facets: Object.fromEntries(facets.map(([path, readFacet]) => [path, first ? readFacet(first) : []])),
    }
  }
  return { text, bind: parameters.binder(), decode }
}

function matchOf(searchable: Searchable, shape: SearchShape, parameters: Parameters): Match {
  const { similar, any, excluding } = shape
  if (similar === 0) return byWords(searchable, parameters.add(['text'], String), shape)
  const words = Array.from({ length: similar }, (_, i) => parameters.add(['words', i], String))
  return bySimilarWords(searchable, words, any, excluding ? parameters.add(['excluded'], String) : undefined)
}

function descending(sql: string): string {
  return `${sql} DESC`
}
