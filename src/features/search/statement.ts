/**
 * A search as one statement: `matches` are the newest rows that match, a bounded number of them; `page` those that are asked for,
 * in their order; what is selected, its highlights and related rows are read for the page only.
 */
import { identifier } from '../../pg/index.ts'
import {
  type Arguments,
  type Catalog,
  columnOf,
  columnSql,
  fromClause,
  Output,
  Parameters,
  type Source,
  selectObject,
  sourceOf,
  Statement,
  type WireRow,
  whereCondition,
} from '../../query/index.ts'
import { addFacet, type FacetValue } from './facets.ts'
import { headline, toHtml } from './highlight.ts'
import { bySimilarWords, byWords, type ColumnOf, columnsUnder, type Match } from './match.ts'
import type { Searchable } from './searchable.ts'

export type Order = 'rank' | 'newest'

/** What of a search decides its SQL. */
export interface SearchShape {
  readonly order: Order
  readonly prefix: boolean
  /** How many similar words are looked for; 0 for a search by the words themselves. */
  readonly similar: number
  readonly any: boolean
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
  readonly after: readonly string[]
}

export interface FoundRow {
  readonly object: Readonly<Record<string, unknown>>
  /** Where it stands in the order: rank, newest, key; as PostgreSQL writes them. */
  readonly place: readonly string[]
}

/** What a statement was answered with. */
export interface Found {
  readonly rows: readonly FoundRow[]
  /** Whether there are more matches than were ranked and counted. */
  readonly capped: boolean
  readonly facets: Readonly<Record<string, readonly FacetValue[]>>
}

export interface SearchPlan {
  readonly text: string
  readonly bind: (values: SearchValues) => (string | null)[]
  readonly decode: (rows: readonly WireRow[]) => Found
}

/** Under names that no column of the user's can have by accident. */
const AT = '"#at"'
const RANK = '"#rank"'
const keyName = (i: number) => `"#key${i}"`

/** How many of the newest rows tell whether words are common. */
const sampleSize = 256
/** Words in every so manieth row are. */
const commonFrom = 32

/** Conditions on the rows of a table. */
type Condition = (source: Source) => readonly string[]

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
  const bounded = shape.order === 'rank' || shape.facets.length > 0
  // In the text, since a generic plan takes a limit that it does not know for a tenth of the table.
  const [cap, take] = [shape.cap, shape.take]
  const limited = `(SELECT * FROM "matches" LIMIT ${cap}) AS "m"`

  /** The newest rows that match, with their rank: sorted and cut before they are ranked. */
  function newest(limit: number, beyond: Condition = () => []): string {
    return `SELECT ${[...keys, AT].join(', ')}, ${match.rank(columnsUnder('"newest"'))} AS ${RANK} FROM (${candidates(limit, beyond)}) AS "newest"`
  }

  const newestFirst = `ORDER BY ${[AT, ...keys].map(descending).join(', ')}`

  /**
   * Behind OFFSET 0 the planner knows nothing of what comes next: the rows of common words are walked in their order until there are
   * enough, others are looked up by their words, also in a generic plan.
   */
  function candidates(limit: number, beyond: Condition): string {
    const matching: Condition = (source) => [match.condition(columnsUnder(source.alias)), ...beyond(source)]
    const looked = rowsWhere(matching)
    if (!shape.sampled) return `${looked} ${newestFirst} LIMIT ${limit}`
    const common = `(SELECT "common" FROM "sample")`
    // Inside CASE, where it counts for half of the rows: the estimate of an unknown word would have all of them sorted.
    const hit = `CASE WHEN ${match.condition(columnsUnder('"walked"'))} THEN TRUE ELSE FALSE END`
    const walked = `(${rowsWhere(beyond)} ${newestFirst} OFFSET 0) AS "walked" WHERE ${common} AND ${hit}`
    // With an order of its own, the outer query would have the inner one read everything.
    return `(SELECT * FROM ${walked} LIMIT ${limit}) UNION ALL (SELECT * FROM (${looked} AND NOT ${common} OFFSET 0) AS "looked" ${newestFirst} LIMIT ${limit})`
  }

  function rowsWhere(matching: Condition): string {
    const source = sourceOf(statement, table)
    const column = columnsUnder(source.alias)
    const conditions = [
      ...matching(source),
      ...(values.where === undefined ? [] : [whereCondition(source, values.where, ['where']) ?? 'TRUE']),
    ]
    const selected = [
      ...table.key.map((field, i) => `${columnSql(source, field)} AS ${keyName(i)}`),
      `${columnSql(source, searchable.newest.name)} AS ${AT}`,
      ...match.columns.map((each) => `${column(each)} AS ${identifier(each)}`),
    ]
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
    return `SELECT ${selected.join(', ')} FROM ${fromClause(source)}${where}`
  }

  /** Whether the words are common, told by the newest rows. */
  function sample(): string {
    const rows = `${rowsWhere(() => [])} ${newestFirst} LIMIT ${sampleSize}`
    const hits = `count(*) FILTER (WHERE ${match.condition(columnsUnder('"newest"'))})`
    return `SELECT ${hits} * ${commonFrom} >= count(*) AS "common" FROM (${rows}) AS "newest"`
  }

  const place = () => order.map((_, i) => parameters.add(['after', i], String)).join(', ')
  const withs: string[] = shape.sampled ? [`"sample" AS MATERIALIZED (${sample()})`] : []
  if (bounded) withs.push(`"matches" AS MATERIALIZED (${newest(cap + 1)})`)
  if (shape.order === 'rank') {
    const beyond = shape.after > 0 ? ` WHERE (${order.join(', ')}) < (${place()})` : ''
    withs.push(`"page" AS (SELECT * FROM ${limited}${beyond} ORDER BY ${order.map(descending).join(', ')} LIMIT ${take})`)
  } else {
    const beyond: Condition = ({ alias }) => {
      const columns = [searchable.newest.column, ...table.key.map((field) => columnOf(table, field).field.column)]
      return [`(${columns.map((each) => `${alias}.${identifier(each)}`).join(', ')}) < (${place()})`]
    }
    withs.push(`"page" AS MATERIALIZED (${newest(take, shape.after > 0 ? beyond : undefined)})`)
  }

  const output = new Output(false)
  const source = sourceOf(statement, table)
  const read = selectObject(source, values, [], output)
  const column: ColumnOf = columnsUnder(source.alias)
  const places = [RANK, AT, ...keys].map((each) => output.add(`"page".${each}::text`))
  const highlights = shape.highlight.map((name) => {
    const { field } = columnOf(table, name)
    const sql = headline(searchable, field, (each) => column(each.column), match.query)
    return [name, output.add(sql)] as const
  })
  const capped = bounded ? output.add(`(SELECT count(*) FROM "matches") > ${cap}`) : undefined
  const facets = shape.facets.map((path) => {
    const counted = sourceOf(statement, table)
    const joined = table.key.map((field, i) => `${columnSql(counted, field)} = "m".${keyName(i)}`).join(' AND ')
    const key = keys.map((each) => `"m".${each}`).join(', ')
    return [path, addFacet(output, counted, path, limited, joined, key)] as const
  })

  const joined = table.key.map((field, i) => `${columnSql(source, field)} = "page".${keyName(i)}`).join(' AND ')
  // One row at least, so that what is said of all matches is said where a page has none.
  const from = `(SELECT) AS "one" LEFT JOIN ("page" INNER JOIN ${table.sql} AS ${source.alias} ON ${joined}) ON TRUE`
  const text = [
    `WITH ${withs.join(', ')} SELECT ${output.expressions.join(', ')}`,
    `FROM ${[from, ...(source.joins ?? [])].join(' ')}`,
    `ORDER BY ${order.map((each) => descending(`"page".${each}`)).join(', ')}`,
  ].join(' ')

  function decode(rows: readonly WireRow[]): Found {
    const [first] = rows
    const found = rows.filter((row) => row[places[0]!] !== null)
    return {
      rows: found.map((row) => {
        const [rank, ...rest] = places.map((at) => row[at]!)
        const marked = highlights.map(([name, at]) => [name, row[at] === null ? null : toHtml(row[at]!)] as const)
        const object = { ...read(row), rank: Number(rank), highlights: Object.fromEntries(marked) }
        return { object, place: shape.order === 'rank' ? [rank!, ...rest] : rest }
      }),
      capped: capped !== undefined && first?.[capped] === 't',
      facets: Object.fromEntries(facets.map(([path, readFacet]) => [path, first ? readFacet(first) : []])),
    }
  }
  return { text, bind: parameters.binder(), decode }
}

function matchOf(searchable: Searchable, { similar, any, prefix }: SearchShape, parameters: Parameters): Match {
  if (similar === 0) return byWords(searchable, parameters.add(['text'], String), prefix)
  const words = Array.from({ length: similar }, (_, i) => parameters.add(['words', i], String))
  return bySimilarWords(searchable, words, any)
}

function descending(sql: string): string {
  return `${sql} DESC`
}
