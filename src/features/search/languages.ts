/**
 * The languages that PostgreSQL brings stemmers for, by their ISO 639-1 codes.
 *
 * @see https://www.postgresql.org/docs/current/textsearch-dictionaries.html#TEXTSEARCH-SNOWBALL-DICTIONARY
 */
const stemmers: Readonly<Record<string, string>> = {
  ar: 'arabic',
  ca: 'catalan',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  ga: 'irish',
  hi: 'hindi',
  hu: 'hungarian',
  hy: 'armenian',
  id: 'indonesian',
  it: 'italian',
  lt: 'lithuanian',
  ne: 'nepali',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sr: 'serbian',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
  yi: 'yiddish',
}

const names: ReadonlySet<string> = new Set(['simple', ...Object.values(stemmers)])

/** PostgreSQL's own configuration for a language, given as its name or its code (`english`, `EN`, `en-GB`); undefined for others. */
export function builtinLanguage(language: string): string | undefined {
  const name = language.toLowerCase()
  if (names.has(name)) return name
  return stemmers[/^[a-z]{2}(?=$|[-_])/.exec(name)?.[0] ?? '']
}

/** The dictionary that a language's words go through. */
export function dictionaryOf(language: string): string {
  return language === 'simple' ? 'pg_catalog.simple' : `pg_catalog.${language}_stem`
}
