/** The statements of one portion of an upsert. */
import type { Statement } from '../../../pg/statement.ts'
import type { Column, Instant } from '../../../query/index.ts'
import { covered, type Group, newCells, type Texts } from '../rows/groups.ts'
import { type Input, inputOf } from '../rows/input.ts'
import type { Parameters } from '../rows/parameters.ts'
import { EXCLUDED, EXISTING, existing, matches, names, POSITION, readable, rowsSql } from '../rows/row-sql.ts'
import type { Upsert } from './options.ts'
import { upsertSql } from './sql.ts'
import { changesOf } from './update-list.ts'

const WRITTEN = names.written
const DATA_ROWS = `${names.data} AS ${EXCLUDED}`

/** Filled before by COPY or not, the last one is the upsert. */
export function upsertStatements(
  upsert: Upsert,
  texts: Texts,
  group: Group,
  positions: Uint32Array,
  now: Instant,
): Statement[] {
  const { operation, caller, table, strategy } = upsert
  const cells = newCells(operation, table, group)
  const input = inputOf({ operation, catalog: caller.compiler.catalog, cells, texts, positions, now, strategy })
  const text = covered(operation, () => textOf(upsert, group.fields, input))
  return [...input.source.before, { text, values: input.parameters.values }]
}

function textOf(upsert: Upsert, fields: readonly string[], { source, columns, parameters }: Input): string {
  const { operation, caller, table, key, update, inserted, returned } = upsert
  const { catalog } = caller.compiler
  const changes = changesOf(operation, table, key, update, fields)
  const parts = {
    table,
    catalog,
    key,
    source,
    columns,
    changes,
    where: whereSql(upsert, parameters),
    add: parameters.add,
  }
  const rows = rowsSql(source, columns)
  if (inserted === undefined) return upsertSql(parts, `(${rows}) AS ${EXCLUDED}`)
  const keys = key.columns.map((column, i) => `${EXISTING}.${column.sql} AS "k${i}"`)
  const columnsBack = (returned ?? []).map((column, i) => `${readable(column, existing(column))} AS "r${i}"`)
  const returning = [...keys, `${inserted} AS "inserted"`, ...columnsBack].join(', ')
  const written = `${upsertSql(parts, DATA_ROWS)} RETURNING ${returning}`
  const isKey = (column: Column) => `${WRITTEN}."k${key.columns.indexOf(column)}"`
  const on = matches(key, catalog, isKey)
  const answer = returned ? rowsAnswer(upsert, returned, on) : outcomeAnswer(on)
  return `WITH ${names.data} AS MATERIALIZED (${rows}), ${WRITTEN} AS (${written}) ${answer}`
}

function whereSql({ caller, where, operation, table }: Upsert, { values }: Parameters): string | undefined {
  if (where === undefined) return undefined
  const fragment = covered(operation, () =>
    caller.where.compileWhere(table.name, where, { alias: EXISTING, firstParameter: values.length + 1 }),
  )
  values.push(...fragment.values)
  return fragment.sql
}

/** The rows' numbers alone, as two arrays. */
function outcomeAnswer(on: string): string {
  const numbers = (condition: string) => `array_agg(${EXCLUDED}.${POSITION}) FILTER (WHERE ${condition})`
  const [inserted, updated] = [numbers(`${WRITTEN}."inserted"`), numbers(`NOT ${WRITTEN}."inserted"`)]
  return `SELECT ${inserted}, ${updated} FROM ${DATA_ROWS} JOIN ${WRITTEN} ON ${on}`
}

/** Rows that were not written are read as the statement found them. */
function rowsAnswer({ table, key, caller }: Upsert, returned: readonly Column[], on: string): string {
  const { catalog } = caller.compiler
  const isWritten = `${WRITTEN}."inserted" IS NOT NULL`
  const values = returned.map(
    (column, i) => `CASE WHEN ${isWritten} THEN ${WRITTEN}."r${i}" ELSE ${readable(column, existing(column))} END`,
  )
  const isSeen = `(${isWritten} OR ${existing(key.columns[0]!)} IS NOT NULL)`
  const selected = [`${EXCLUDED}.${POSITION}`, `${WRITTEN}."inserted"`, isSeen, ...values].join(', ')
  const read = [...new Set([key.columns[0]!, ...returned])].map((column) => existing(column)).join(', ')
  const found = `SELECT ${read} FROM ${table.sql} AS ${EXISTING} WHERE ${WRITTEN}."inserted" IS NULL AND ${matches(key, catalog, existing)}`
  // One row at most, which is looked up in the index: PostgreSQL must not read a large table whole for every portion.
  return `SELECT ${selected} FROM ${DATA_ROWS} LEFT JOIN ${WRITTEN} ON ${on} LEFT JOIN LATERAL (${found} LIMIT 1) AS ${EXISTING} ON true`
}
