import { annotationsOf, argument, defineAnnotation, type ModelMeta, type SchemaComplaint } from '../../schema/index.ts'
import { builtinLanguage } from './languages.ts'

const { boolean, booleanOr, field, list, number, object, optional, required, string, word } = argument

/** The generated column that holds the words of a row. */
export const vectorColumn = 'search_vector'

export const search = defineAnnotation({
  name: 'search',
  on: ['model'],
  arguments: {
    fields: required(
      object(word('A', 'B', 'C', 'D'), 'field'),
      'The fields that are searched, and how much a word in each counts: A the most, D the least.',
    ),
    language: optional(
      string,
      'The language of the texts: `english`, `en`, or a text search configuration of yours. Without one, words are taken as they are.',
    ),
    languageField: optional(
      field,
      'An enum that names each row’s language, by name or code; rows in a language without a stemmer are taken as they are.',
    ),
    unaccent: optional(boolean, 'True: `café` and `cafe` are one word. Needs the extension unaccent.'),
    fuzzy: optional(
      booleanOr(list(field)),
      'Typing errors find what is similar where nothing matched: in all fields, or in those named. Needs the extension pg_trgm.',
    ),
    newest: optional(
      field,
      'What “newest” means: a required field. Default: the first DateTime with `@default(now())`, else the primary key.',
    ),
    cap: optional(number, 'How many of the newest matches are ranked and counted in facets. Default: 2000.'),
  },
  summary: 'Full-text search: a stored column with the row’s words, its index, and `search` on the client’s model.',
  example: `/// @search(fields: [title: A, content: B], language: "english", unaccent: true, fuzzy: [title])
model Post {
  id        String   @id @default(cuid())
  title     String
  content   String
  createdAt DateTime @default(now())
}`,
  check({ language, languageField, unaccent, cap }) {
    if (language !== undefined && languageField !== undefined)
      return { argument: 'languageField', message: 'it takes `language` or `languageField`, not both' }
    if (unaccent && language !== undefined && builtinLanguage(language) === undefined)
      return { argument: 'unaccent', message: `put unaccent into your configuration \`${language}\` itself` }
    if (cap !== undefined && (!Number.isInteger(cap) || cap < 1))
      return { argument: 'cap', message: 'it is a whole number from 1 on' }
    return undefined
  },
  checkSchema: ({ models }) => Object.values(models).flatMap(faults),
})

function faults(model: ModelMeta): SchemaComplaint[] {
  return annotationsOf(search, model).flatMap(({ fields, languageField, fuzzy, newest }) => {
    const texts = [...Object.keys(fields), ...(Array.isArray(fuzzy) ? (fuzzy as readonly string[]) : [])]
    const wrong = [...new Set(texts)].filter((name) => !isText(model, name))
    const columns = Object.values(model.fields).filter(({ column }) => column === vectorColumn)
    const messages = [
      ...wrong.map((name) => `\`${name}\` is no text: \`@search\` takes fields of type String`),
      ...(languageField !== undefined && model.fields[languageField]?.kind !== 'enum'
        ? [`\`${languageField}\` is no enum: the languages of rows must be known when the column is made`]
        : []),
      ...(newest !== undefined && model.fields[newest]?.nullable
        ? [`\`${newest}\` may be null, and has no order then`]
        : []),
      ...columns.map(({ name }) => `\`${name}\` has the column \`${vectorColumn}\`, which \`@search\` makes`),
      ...['rank', 'highlights']
        .filter((name) => name in model.fields || name in model.relations)
        .map((name) => `\`${name}\` is what a result of \`search\` says of a row: give the field another name`),
    ]
    return messages.map((message) => ({ model: model.name, message }))
  })
}

function isText(model: ModelMeta, name: string): boolean {
  const field = model.fields[name]
  return field?.type === 'String' && !field.list
}
