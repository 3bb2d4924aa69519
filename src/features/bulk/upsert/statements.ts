/** The statements of one portion of an upsert. */
import type { Statement } from '../../../pg/statement.ts'
import type { Column, Instant } from '../../../query/index.ts'
import { covered, type Group, newCells, type Texts } from '../rows/groups.ts'
import { type Input, inputOf } from '../rows/input.ts'
import type { Parameters } from '../rows/parameters.ts'
import { EXCLUDED, EXISTING, existing, matches, POSITION, readable, rowsSql } from '../rows/row-sql.ts'
import type { Upsert } from './options.ts'
import { upsertSql } from './sql.ts'
import { changesOf } from './update-list.ts'

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
  const written = `${upsertSql(parts, EXCLUDED)} RETURNING ${returning}`
  const isKey = (column: Column) => `"written"."k${key.columns.indexOf(column)}"`
  const on = matches(key, catalog, isKey)
  const answer = returned ? rowsAnswer(upsert, returned, on) : outcomeAnswer(on)
  return `WITH ${EXCLUDED} AS MATERIALIZED (${rows}), "written" AS (${written}) ${answer}`
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
  const [inserted, updated] = [numbers('"written"."inserted"'), numbers('NOT "written"."inserted"')]
  return `SELECT ${inserted}, ${updated} FROM ${EXCLUDED} JOIN "written" ON ${on}`
}

/** Rows that were not written are read as the statement found them. */
function rowsAnswer({ table, key, caller }: Upsert, returned: readonly Column[], on: string): string {
  const { catalog } = caller.compiler
  const isWritten = '"written"."inserted" IS NOT NULL'
  const values = returned.map(
    (column, i) => `CASE WHEN ${isWritten} THEN "written"."r${i}" ELSE ${readable(column, existing(column))} END`,
  )
  const isSeen = `(${isWritten} OR ${existing(key.columns[0]!)} IS NOT NULL)`
  const selected = [`${EXCLUDED}.${POSITION}`, '"written"."inserted"', isSeen, ...values].join(', ')
  const found = `LEFT JOIN ${table.sql} AS ${EXISTING} ON "written"."inserted" IS NULL AND ${matches(key, catalog, existing)}`
  return `SELECT ${selected} FROM ${EXCLUDED} LEFT JOIN "written" ON ${on} ${found}`
}
