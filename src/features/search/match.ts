/** Which rows match, and how well, as SQL. */
import { identifier, literal } from '../../pg/index.ts'
import { vectorColumn } from './annotation.ts'
import { byLanguage, type Configuration, configurationSql, type LanguageGroup, type Searchable } from './searchable.ts'

/** The query in the words of a configuration. */
export type QuerySql = (configuration: Configuration) => string

/** How rows are found: by their words, or by words that are similar. */
export interface Match {
  /** The condition on a row, and how well it matches; over columns as `column` names them. */
  readonly condition: (column: ColumnOf) => string
  /** Of phrases: that a row holds their words, in whatever order. */
  readonly loose?: (column: ColumnOf) => string
  readonly rank: (column: ColumnOf) => string
  /** The columns that `rank` needs. */
  readonly columns: readonly string[]
  readonly query?: QuerySql
}

export type ColumnOf = (column: string) => string

/** What of a text decides how it is asked for. */
export interface TextShape {
  /** The last word may go on. */
  readonly prefix: boolean
  /** It holds a phrase, and rows with the phrase's words are looked for first. */
  readonly phrase: boolean
}

/**
 * By words, in the syntax of search engines. A prefix is put behind the last word after PostgreSQL has read the text, so that no
 * text can break it.
 *
 * @see https://www.postgresql.org/docs/current/textsearch-controls.html#TEXTSEARCH-PARSING-QUERIES
 */
export function byWords(searchable: Searchable, text: string, { prefix, phrase }: TextShape): Match {
  const typed = (configuration: Configuration) => {
    const words = wordsOf(text, configuration)
    return prefix ? `regexp_replace(${words}::text, '''$', ''':*')::tsquery` : words
  }
  // In a sub-select it is read once per statement; and no plan is made for one text only, since texts do not change the costs.
  const query: QuerySql = (configuration) => `(SELECT ${typed(configuration)})`
  const { languageField } = searchable
  return {
    query,
    columns: [vectorColumn, ...(languageField ? [languageField.column] : [])],
    condition: (column) => holds(searchable, column, query),
    ...(phrase && { loose: (column) => holds(searchable, column, (each) => inAnyOrder(typed(each))) }),
    rank: (column) =>
      `ts_rank(${column(vectorColumn)}, ${byLanguage(searchable, (field) => column(field.column), query)})`,
  }
}

function wordsOf(text: string, configuration: Configuration): string {
  return `websearch_to_tsquery(${configurationSql(configuration)}, ${text})`
}

/** That the words of a row are those that are asked for, in the row's own language. */
function holds({ languageField, languages }: Searchable, column: ColumnOf, asked: QuerySql): string {
  const vector = column(vectorColumn)
  if (languageField === undefined || languages.length === 1) return `${vector} @@ ${asked(languages[0].configuration)}`
  const groups = languages.map((group, i) => {
    const language = spoken(column(languageField.column), group, i === languages.length - 1)
    return `(${language} AND ${vector} @@ ${asked(group.configuration)})`
  })
  return `(${groups.join(' OR ')})`
}

/**
 * The query without the order of its phrases' words: whatever holds a phrase holds its words. Of an excluded phrase the contrary
 * is true, and such a query stays as it is.
 */
function inAnyOrder(typed: string): string {
  const loosened = `regexp_replace("typed"::text, ' <(-|\\d+)> ', ' & ', 'g')::tsquery`
  return `(SELECT CASE WHEN "typed"::text LIKE '%!(%' THEN "typed" ELSE ${loosened} END FROM ${typed} AS "typed")`
}

/** Rows in the languages of a group; the last group has those without a language, too. */
function spoken(column: string, { labels }: LanguageGroup, last: boolean): string {
  const among = labels.length === 0 ? 'FALSE' : `${column} IN (${labels.map((label) => literal(label)).join(', ')})`
  return last ? `(${among} OR ${column} IS NULL)` : among
}

/**
 * By trigrams: each word is similar to a word of the row, or any where `any` says so.
 *
 * @param words - Placeholders.
 * @param excluded - A placeholder for what no row may hold, as it was typed.
 * @see https://www.postgresql.org/docs/current/pgtrgm.html
 */
export function bySimilarWords(
  searchable: Searchable,
  words: readonly string[],
  any: boolean,
  excluded: string | undefined,
): Match {
  const columns = searchable.fuzzy.map((field) => field.column)
  return {
    columns,
    condition(column) {
      const similar = words.map((word) => `(${columns.map((each) => `${word} <% ${column(each)}`).join(' OR ')})`)
      const found = `(${similar.join(any ? ' OR ' : ' AND ')})`
      if (excluded === undefined) return found
      // Of stop words nothing is left, and nothing is excluded then.
      const query: QuerySql = (each) => `(SELECT nullif(${wordsOf(excluded, each)}, ''::tsquery))`
      return `${found} AND (${holds(searchable, column, query)}) IS NOT FALSE`
    },
    rank(column) {
      const similarities = words.map(
        (word) => `greatest(${columns.map((each) => `word_similarity(${word}, ${column(each)})`).join(', ')}, 0)`,
      )
      return `((${similarities.join(' + ')}) / ${words.length})::real`
    },
  }
}

/** A column under the alias of its table. */
export function columnsUnder(alias: string): ColumnOf {
  return (column) => `${alias}.${identifier(column)}`
}
