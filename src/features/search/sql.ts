/** What migrations make for `@search`, one function per statement. */
import { identifier } from '../../pg/index.ts'
import { vectorColumn } from './annotation.ts'
import { dictionaryOf } from './languages.ts'
import { byLanguage, type Configuration, configurationSql, type Searchable } from './searchable.ts'

/**
 * The stored column. `to_tsvector` is immutable only with its configuration said; `coalesce`, because one null would make the
 * whole null.
 *
 * @see https://www.postgresql.org/docs/current/textsearch-tables.html#TEXTSEARCH-TABLES-INDEX
 */
export function addVector(table: string, searchable: Searchable): string {
  const column = (field: { readonly column: string }) => identifier(field.column)
  const configuration = byLanguage(searchable, column, configurationSql)
  const words = searchable.texts.map(
    ({ field, weight }) => `setweight(to_tsvector(${configuration}, coalesce(${column(field)}, '')), '${weight}')`,
  )
  return `ALTER TABLE ${table} ADD COLUMN ${identifier(vectorColumn)} tsvector GENERATED ALWAYS AS (${words.join(' || ')}) STORED`
}

/**
 * A configuration that takes the accents off words before their language's stemmer sees them. As a configuration it is immutable,
 * which the function unaccent() is not.
 *
 * @see https://www.postgresql.org/docs/current/unaccent.html
 */
export function createConfiguration(name: string, language: string): string[] {
  return [
    'CREATE EXTENSION IF NOT EXISTS unaccent',
    `CREATE TEXT SEARCH CONFIGURATION ${name} (COPY = pg_catalog.${language})`,
    `ALTER TEXT SEARCH CONFIGURATION ${name} ALTER MAPPING FOR hword, hword_part, word WITH unaccent, ${dictionaryOf(language)}`,
  ]
}

/** Configurations that migrations make, each once. */
export function madeConfigurations(searchables: readonly Searchable[]): Configuration[] {
  const all = searchables.flatMap(({ languages }) => languages.map(({ configuration }) => configuration))
  return [...new Map(all.filter(({ origin }) => origin === 'unaccented').map((each) => [each.name, each])).values()]
}
