import { defineError } from '../../core/errors.ts'

export const searchUndeclared = defineError<{ model: string }>({
  code: 'SUB_SEARCH_UNDECLARED',
  summary: 'A model was searched that has no `@search` in the schema the client was generated from.',
  mend: 'Write `@search` above the model, run `substrata migrate dev`, and generate the client.',
  message: ({ model }) => `${model} cannot be searched.`,
})

export const searchTextRefused = defineError<{ model: string; fault: string }>({
  code: 'SUB_SEARCH_TEXT',
  summary: 'What was searched for is no text, or longer than any search is.',
  mend: 'Limit the length of the field that people type into.',
  message: ({ model, fault }) => `${model}.search: the text ${fault}.`,
})

export const searchArgument = defineError<{ model: string; argument: string; fault: string }>({
  code: 'SUB_SEARCH_ARGUMENT',
  summary: 'An argument of `search` is not one that it takes.',
  mend: 'See docs/guides/search.md for what each argument takes.',
  message: ({ model, argument, fault }) => `${model}.search: \`${argument}\` ${fault}.`,
})

export const searchUnsupported = defineError<{ model: string; reason: string }>({
  code: 'SUB_SEARCH_UNSUPPORTED',
  summary: 'The selection of a search, or a facet, is not one that can be written as one statement.',
  mend: 'Select less, and read the rest with findMany.',
  message: ({ model, reason }) => `${model}.search() cannot be written as one statement, because of ${reason}.`,
})
