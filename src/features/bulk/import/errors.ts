import { defineError } from '../../../core/errors.ts'

export const importSource = defineError<{ fault: string }>({
  code: 'SUB_IMPORT_SOURCE',
  summary: 'importFrom() was given something that it cannot read rows from.',
  mend: "Give a path, a stream or any iterable of objects; for bytes say `format: 'csv'` or `format: 'ndjson'`.",
  message: ({ fault }) => `The source of the import ${fault}.`,
})

export const importColumns = defineError<{ model: string; unknown: readonly string[]; missing: readonly string[] }>({
  code: 'SUB_IMPORT_COLUMNS',
  summary: 'The columns of a CSV file do not fit the fields of the model.',
  mend: 'Correct the header, or map its names with `columns: { header: field }`; `null` leaves a column out.',
  message({ model, unknown, missing }) {
    const faults = [
      ...(unknown.length > 0 ? [`no fields ${unknown.join(', ')} are known of ${model}`] : []),
      ...(missing.length > 0 ? [`no columns are there for ${missing.join(', ')}`] : []),
    ]
    return `The header does not fit: ${faults.join('; ')}.`
  },
})

export const importBadRow = defineError<{ line: number; column: string | undefined; reason: string; landed: number }>({
  code: 'SUB_IMPORT_BAD_ROW',
  summary: 'A row of an import cannot be written, and the import was to stop there. The batches before it have landed.',
  mend: "Correct the row and import again, or take `onBadRow: 'collect'` or a function to go on past bad rows.",
  message: ({ line, column, reason, landed }) =>
    `Line ${line}${column === undefined ? '' : `, column ${column}`}: ${reason}. ${landed} rows have landed before it.`,
})

export const importNotReplayable = defineError<object>({
  code: 'SUB_IMPORT_NOT_REPLAYABLE',
  summary: 'An import was given a token to resume by, over a source that cannot be read from a position again.',
  mend: 'Import from a file, or from an object with `read(offset)`; or leave the token out.',
  message: () => 'A stream or an iterable cannot be read again from where an import has stopped.',
})

export const importLedgerMissing = defineError<object>({
  code: 'SUB_IMPORT_LEDGER_MISSING',
  summary: 'The table in which resumable imports keep their position is not there, or not open to the role.',
  mend:
    'Run `npx substrata migrate deploy` as the role that owns the database: it creates the table. Where other tools migrate, ' +
    '`createImportLedger(process.env.MIGRATE_DATABASE_URL)` does.',
  message: () => 'There is no table substrata.imports that this role may write.',
})

export const importChanged = defineError<{ token: string }>({
  code: 'SUB_IMPORT_CHANGED',
  summary:
    'An import is to be resumed over a source of another size, or into another model, than it was begun with; or its table was made anew.',
  mend: 'Take another token for another import.',
  message: ({ token }) => `The import ${JSON.stringify(token)} was begun with another source, model or table.`,
})

export const importConcurrent = defineError<{ token: string }>({
  code: 'SUB_IMPORT_CONCURRENT',
  summary: 'Two processes run the same import at once; this one has stopped, with nothing written twice.',
  mend: 'Let the other one finish, or stop it and resume.',
  message: ({ token }) => `Somebody else has gone on with the import ${JSON.stringify(token)}.`,
})

export const importRefused = defineError<{ code: string; answer: string }>({
  code: 'SUB_IMPORT_REFUSED',
  summary: 'The database refuses the import as a whole: the table, a right or a setting, not a row.',
  mend: 'What the database answered says why.',
  message: ({ code, answer }) => `PostgreSQL answered ${code}: ${answer.replace(/\.?$/, '.')}`,
})

export const importModel = defineError<{ model: string; models: readonly string[] }>({
  code: 'SUB_IMPORT_MODEL',
  summary: 'The model to import into is none of the schema.',
  mend: 'Name one of the models of the schema, spelled as there.',
  message: ({ model, models }) => `There is no model ${model}; there are ${models.join(', ')}.`,
})
