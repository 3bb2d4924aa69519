/** Texts with what matched marked, as HTML. */
import type { FieldMeta } from '../../schema/index.ts'
import type { QuerySql } from './match.ts'
import { byLanguage, configurationSql, type Searchable } from './searchable.ts'

/** Of Unicode's private use: they stand where marks begin and end until the text around them is escaped. */
const begin = '\uE000'
const end = '\uE001'

/** Texts up to this length, in characters, are shown whole; of longer ones the parts around what matched. */
const whole = 300

const marks = `StartSel=${begin}, StopSel=${end}`
const parts = `${marks}, MaxFragments=2, MinWords=10, MaxWords=30, FragmentDelimiter=" … "`

/**
 * The text with marks as SQL, for few rows: it is read again, word by word.
 *
 * @param query - Absent where similar words were found, which have nothing in common with the query but letters.
 * @see https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-HEADLINE
 */
export function headline(
  searchable: Searchable,
  field: FieldMeta,
  column: (field: FieldMeta) => string,
  query: QuerySql | undefined,
): string {
  const text = `translate(${column(field)}, '${begin}${end}', '')`
  if (query === undefined) return `left(${text}, ${whole})`
  const configuration = byLanguage(searchable, column, configurationSql)
  const asked = byLanguage(searchable, column, query)
  const options = `CASE WHEN length(${column(field)}) <= ${whole} THEN '${marks}, HighlightAll=true' ELSE '${parts}' END`
  return `ts_headline(${configuration}, ${text}, ${asked}, ${options})`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  [begin]: '<mark>',
  [end]: '</mark>',
}

/** Escapes the text, marks included, so that it may stand in a page whoever wrote it. */
export function toHtml(headlined: string): string {
  return headlined.replace(/[&<>"'\uE000\uE001]/g, (character) => entities[character]!)
}
