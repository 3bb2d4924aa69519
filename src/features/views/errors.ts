import { defineError } from '../../core/errors.ts'

export const viewNotMaterialized = defineError<{ model: string; method: string }>({
  code: 'SUB_VIEW_NOT_MATERIALIZED',
  summary: 'A model was to be refreshed that is no materialized view in the schema the client was generated from.',
  mend: 'Write `@view.materialized` above the view, run `substrata migrate dev`, and generate the client.',
  message: ({ model, method }) => `${model}.${method} is for materialized views.`,
})

export const maxAgeInvalid = defineError<{ model: string }>({
  code: 'SUB_MAX_AGE_INVALID',
  summary: 'An age is neither a number of milliseconds nor a number with its unit.',
  mend: "Write it as '500ms', '30s', '15m', '2h' or '1d', or as milliseconds.",
  message: ({ model }) => `The maxAge for ${model} is no age.`,
})

export const refreshFailed = defineError<{ model: string }>({
  code: 'SUB_REFRESH_FAILED',
  summary: 'A refresh in the background failed, which the event `warning` tells. What is there is served on.',
  mend: 'See `details.error`; the next call that names an age tries again.',
  message: ({ model }) => `${model} was not refreshed.`,
})
