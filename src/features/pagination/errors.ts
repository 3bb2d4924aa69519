import { defineError } from '../../core/errors.ts'

export const pageArguments = defineError<{ model: string; fault: string }>({
  code: 'SUB_PAGE_ARGUMENTS',
  summary: 'paginate() was given arguments that ask for no page.',
  mend: 'Ask for `first` rows, after a cursor if there is one, or for the `last` rows, before one.',
  message: ({ model, fault }) => `${model}.paginate(): ${fault}.`,
})

export const pageSize = defineError<{ model: string; limit: number }>({
  code: 'SUB_PAGE_SIZE',
  summary: 'A page of no rows, or of more than the limit, was asked for. It is never cut silently.',
  mend: 'Ask for less, or raise pagination.maxPageSize.',
  message: ({ model, limit }) => `${model}.paginate(): a page has from 1 to ${limit} rows.`,
})

export const pageUnsupported = defineError<{ model: string; reason: string }>({
  code: 'SUB_PAGE_UNSUPPORTED',
  summary: 'The filter, order or selection of a page is not one that can be written as one statement.',
  mend: 'Change what it names. Pages are ordered by scalar fields of the model or of its to-one relations.',
  message: ({ model, reason }) => `${model}.paginate() cannot be written as one statement, because of ${reason}.`,
})
