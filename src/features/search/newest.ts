/** The newest rows that match: those that are ranked and counted, or a page of them. */
import { identifier } from '../../pg/index.ts'
import { columnSql, fromClause, type Source, type Statement, sourceOf, whereCondition } from '../../query/index.ts'
import { columnsUnder, type Match } from './match.ts'
import type { Searchable } from './searchable.ts'

/** Names that no column of the user's has by accident. */
export const AT = '"#at"'
export const RANK = '"#rank"'
/** Whether a row with the words of a phrase has the phrase. */
export const HIT = '"#hit"'
export const keyName = (i: number): string => `"#key${i}"`

const TABLE = '"#table"'
const ROW = '"#row"'

/** How many of the newest rows tell whether words are common. */
const sampleSize = 256
/** Words in every so manieth row are. */
const commonFrom = 32
/** So many rows are enough for most words: those in none of them, and those in every so manieth. */
const glanceSize = 64
const plainlyFrom = 8

/** Conditions on the rows of a table. */
export type Condition = (source: Source) => readonly string[]

/** What one statement looks for. */
export interface Matches {
  readonly statement: Statement
  readonly searchable: Searchable
  readonly match: Match
  /** Prisma's, at `where` of the arguments. */
  readonly where: unknown
  /** Whether `"sample"` decides by which index they are found; else PostgreSQL's estimate does. */
  readonly sampled: boolean
}

/**
 * Their keys, where they lie, when they were new and how well they match; sorted and cut before they are ranked. Where the words of
 * a phrase are common, these are the rows that have the words.
 *
 * @param beyond - Only rows behind a place in the order.
 */
export function newestMatches(matches: Matches, limit: number, beyond: Condition = () => []): string {
  const { condition, loose, rank } = matches.match
  const newest = columnsUnder('"newest"')
  const columns = [...keysOf(matches), TABLE, ROW, AT, `${rank(newest)} AS ${RANK}`]
  if (loose) columns.push(`${condition(newest)} AS ${HIT}`)
  return `SELECT ${columns.join(', ')} FROM (${candidates(matches, limit, beyond)}) AS "newest"`
}

/**
 * That a row of the table is the one of a match. Within a statement rows lie still, and a few of them are found by their place
 * several times quicker than by their key.
 *
 * @see https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
export function isRowOf(match: string, { alias }: Source): string {
  return `${alias}.ctid = ${match}.${ROW} AND ${alias}.tableoid = ${match}.${TABLE}`
}

/** Whether the words are common, told by the newest rows. */
export function sample(matches: Matches): string {
  const { condition, loose = condition } = matches.match
  const holds = loose(columnsUnder('"newest"'))
  const counted = (size: number) => {
    const newest = `${rowsWhere(matches, () => [])} ${newestFirst(matches)} LIMIT ${size}`
    return `(SELECT count(*) FILTER (WHERE ${holds}) AS "hits", count(*) AS "rows" FROM (${newest}) AS "newest")`
  }
  const whole = `(SELECT "hits" * ${commonFrom} >= "rows" FROM ${counted(sampleSize)} AS "sample")`
  const cases = `WHEN "hits" = 0 THEN FALSE WHEN "hits" * ${plainlyFrom} >= "rows" THEN TRUE ELSE ${whole}`
  return `SELECT CASE ${cases} END AS "common" FROM ${counted(glanceSize)} AS "glance"`
}

/**
 * Behind OFFSET 0 the planner knows nothing of what comes next: the rows of common words are walked in their order until there are
 * enough, others are looked up by their words, also in a generic plan.
 */
function candidates(matches: Matches, limit: number, beyond: Condition): string {
  const { match, sampled } = matches
  const order = newestFirst(matches)
  const looked = rowsWhere(matches, (source) => [match.condition(columnsUnder(source.alias)), ...beyond(source)])
  if (!sampled) return `${looked} ${order} LIMIT ${limit}`
  const common = '(SELECT "common" FROM "sample")'
  // Inside CASE, where it counts for half of the rows: the estimate of an unknown word would have all of them sorted.
  const holds = (match.loose ?? match.condition)(columnsUnder('"walked"'))
  const hit = `CASE WHEN ${holds} THEN TRUE ELSE FALSE END`
  const walked = `(${rowsWhere(matches, beyond)} ${order} OFFSET 0) AS "walked" WHERE ${common} AND ${hit}`
  // With an order of its own, the outer query would have the inner one read everything.
  return [
    `(SELECT * FROM ${walked} LIMIT ${limit})`,
    `(SELECT * FROM (${looked} AND NOT ${common} OFFSET 0) AS "looked" ${order} LIMIT ${limit})`,
  ].join(' UNION ALL ')
}

/** Rows of the table that meet the caller's conditions and these, with what is needed to rank them. */
function rowsWhere({ statement, searchable, match, where }: Matches, condition: Condition): string {
  const table = statement.catalog.table(searchable.model.name)
  const source = sourceOf(statement, table)
  const column = columnsUnder(source.alias)
  const given = where === undefined ? [] : [whereCondition(source, where, ['where']) ?? 'TRUE']
  const conditions = [...condition(source), ...given]
  const selected = [
    ...table.key.map((field, i) => `${columnSql(source, field)} AS ${keyName(i)}`),
    `${source.alias}.tableoid AS ${TABLE}`,
    `${source.alias}.ctid AS ${ROW}`,
    `${columnSql(source, searchable.newest.name)} AS ${AT}`,
    ...match.columns.map((each) => `${column(each)} AS ${identifier(each)}`),
  ]
  const conditional = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  return `SELECT ${selected.join(', ')} FROM ${fromClause(source)}${conditional}`
}

function keysOf({ statement, searchable }: Matches): string[] {
  return statement.catalog.table(searchable.model.name).key.map((_, i) => keyName(i))
}

function newestFirst(matches: Matches): string {
  return `ORDER BY ${[AT, ...keysOf(matches)].map((each) => `${each} DESC`).join(', ')}`
}
