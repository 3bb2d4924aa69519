/** What the annotation `@search` says of a model, as plain data; everything else of the feature reads it. */
import { identifier, literal } from '../../pg/index.ts'
import { annotations, annotationsOf, type FieldMeta, type ModelMeta, type SchemaMeta } from '../../schema/index.ts'
import { search } from './annotation.ts'
import { builtinLanguage } from './languages.ts'

export type Weight = 'A' | 'B' | 'C' | 'D'

/** Rows whose words go through one text search configuration. */
export interface LanguageGroup {
  readonly configuration: Configuration
  /** The labels, in the database, of the languages that it serves. */
  readonly labels: readonly string[]
}

/** A text search configuration. */
export interface Configuration {
  readonly name: string
  /** PostgreSQL's own, the one that `unaccent` is put before, or the user's. */
  readonly origin: 'builtin' | 'unaccented' | 'custom'
  /** Of all but the user's: the language. */
  readonly language?: string
}

export interface Searchable {
  readonly model: ModelMeta
  readonly texts: readonly { readonly field: FieldMeta; readonly weight: Weight }[]
  /** Absent where all rows are in one language. */
  readonly languageField?: FieldMeta
  /** One, unless each row has its own language; then the last one is for all that the others do not serve. */
  readonly languages: readonly [LanguageGroup, ...LanguageGroup[]]
  /** In which fields similar words are looked for. */
  readonly fuzzy: readonly FieldMeta[]
  /** By which field rows are new or old. */
  readonly newest: FieldMeta
  readonly cap: number
}

const defaultCap = 2_000

/** The model as `@search` has it; nothing where it is not annotated. */
export function searchableOf(model: ModelMeta, { enums }: SchemaMeta): Searchable | undefined {
  const [given] = annotationsOf(search, model)
  if (given === undefined) return undefined
  const field = (name: string) => model.fields[name]!
  const texts = Object.entries(given.fields).map(([name, weight]) => ({ field: field(name), weight }))
  const unaccent = given.unaccent === true
  const languageField = given.languageField === undefined ? undefined : field(given.languageField)
  const labels = Object.values(enums[languageField?.type ?? '']?.values ?? {})
  const { fuzzy = false } = given
  return {
    model,
    texts,
    ...(languageField && { languageField }),
    languages: languageField
      ? groupsOf(labels, unaccent)
      : [{ configuration: configurationOf(given.language ?? 'simple', unaccent), labels: [] }],
    fuzzy: typeof fuzzy === 'boolean' ? (fuzzy ? texts.map((each) => each.field) : []) : fuzzy.map(field),
    newest: given.newest === undefined ? newestOf(model) : field(given.newest),
    cap: given.cap ?? defaultCap,
  }
}

/** Every model with `@search`. */
export function searchableModels(schema: SchemaMeta): Searchable[] {
  return Object.values(schema.models).flatMap((model) => searchableOf(model, schema) ?? [])
}

function groupsOf(labels: readonly string[], unaccent: boolean): Searchable['languages'] {
  const groups = new Map<string, string[]>()
  for (const label of labels) {
    const language = builtinLanguage(label) ?? 'simple'
    groups.set(language, [...(groups.get(language) ?? []), label])
  }
  const rest = { configuration: configurationOf('simple', unaccent), labels: groups.get('simple') ?? [] }
  groups.delete('simple')
  const [first, ...others] = [...groups].map(([language, own]) => ({
    configuration: configurationOf(language, unaccent),
    labels: own,
  }))
  return first === undefined ? [rest] : [first, ...others, rest]
}

function configurationOf(given: string, unaccent: boolean): Configuration {
  const language = builtinLanguage(given)
  if (language === undefined) return { name: given, origin: 'custom' }
  if (!unaccent) return { name: language, origin: 'builtin', language }
  return { name: `substrata_${language}_unaccent`, origin: 'unaccented', language }
}

function newestOf({ fields, uniques }: ModelMeta): FieldMeta {
  const dated = Object.values(fields).find(
    ({ type, nullable, default: made }) =>
      type === 'DateTime' && !nullable && made?.kind === 'client' && made.generator === 'now',
  )
  const key = Object.values(uniques).find(({ primary }) => primary) ?? Object.values(uniques)[0]
  return dated ?? fields[key?.fields[0] ?? ''] ?? Object.values(fields)[0]!
}

/** Whether an index has the newest rows first: over all rows or, where the search has conditions, over some. */
export function isOrdered({ model, newest }: Searchable, where: unknown): boolean {
  const keys = Object.values(model.uniques).filter((each) => each.where === undefined)
  const partial = [
    ...annotationsOf(annotations.indexPartial, model),
    ...annotationsOf(annotations.indexCovering, model),
  ]
  const leading = [
    ...keys.map(({ fields }) => fields[0]),
    ...(model.indexes ?? [])
      .filter(({ method = 'btree' }) => method === 'btree')
      .map(({ columns }) => columns[0]?.field),
    ...(where === undefined ? [] : partial.map(({ fields }) => fields?.[0])),
  ]
  return leading.includes(newest.name)
}

/** A configuration as a constant of the type regconfig. */
export function configurationSql({ name, origin }: Configuration): string {
  const quoted = origin === 'builtin' ? `pg_catalog.${name}` : origin === 'unaccented' ? identifier(name) : name
  return `${literal(quoted)}::regconfig`
}

/** What differs by the language of the row: `each` says it for one configuration. */
export function byLanguage(
  { languages, languageField }: Searchable,
  column: (field: FieldMeta) => string,
  each: (configuration: Configuration) => string,
): string {
  if (languageField === undefined || languages.length === 1) return each(languages[0].configuration)
  const rest = languages.at(-1)!
  const cases = languages
    .slice(0, -1)
    .flatMap(({ configuration, labels }) =>
      labels.map((label) => ` WHEN ${literal(label)} THEN ${each(configuration)}`),
    )
  return `CASE ${column(languageField)}${cases.join('')} ELSE ${each(rest.configuration)} END`
}
