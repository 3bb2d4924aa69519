import { defineError } from './errors.ts'

export const cursorInvalid = defineError<{ fault: string }>({
  code: 'SUB_CURSOR_INVALID',
  summary: 'A cursor is not one that was given out: cut, altered, made by somebody else, or of another version or key.',
  mend: 'Begin with the first page again. To callers of an API it is a bad request.',
  message: ({ fault }) => `The cursor ${fault}.`,
})

export const cursorMismatch = defineError<object>({
  code: 'SUB_CURSOR_MISMATCH',
  summary: 'A cursor belongs to another model, order, filter or context than the call that it was given to.',
  mend:
    'Give a cursor back with the same where and orderBy, on a client of the same $as context; a moment in a filter has to be ' +
    'the same from page to page. Or begin with the first page again.',
  message: () => 'The cursor belongs to another query.',
})

export const cursorExpired = defineError<object>({
  code: 'SUB_CURSOR_EXPIRED',
  summary: 'A cursor is older than the configuration lets cursors become.',
  mend: 'Begin with the first page again, or raise pagination.cursorTtl.',
  message: () => 'The cursor has expired.',
})
