import { defineError } from '../../core/errors.ts'

export const bulkArgument = defineError<{ operation: string; argument: string; fault: string }>({
  code: 'SUB_BULK_ARGUMENT',
  summary: 'A bulk write was given an argument that it does not know or cannot follow.',
  mend: 'See the guide to bulk writes for what each argument takes.',
  message: ({ operation, argument, fault }) => `${operation}: \`${argument}\` ${fault}.`,
})

export const bulkKey = defineError<{
  operation: string
  given: readonly string[]
  keys: readonly (readonly string[])[]
}>({
  code: 'SUB_BULK_KEY',
  summary: 'The fields by which rows are found are no unique key of the model.',
  mend: 'Name the fields of one of its unique keys, or add @@unique for these fields.',
  message: ({ operation, given, keys }) =>
    `${operation}: [${given.join(', ')}] is no unique key. The model has ${keys.map((key) => `[${key.join(', ')}]`).join(', ') || 'none'}.`,
})

export const bulkValue = defineError<{ operation: string; row: number; field: string; fault: string }>({
  code: 'SUB_BULK_VALUE',
  summary: 'A row gives a value that its field cannot take, gives none that it needs, or names a field that is none.',
  mend: 'Correct the row, or leave it out. `details.row` is its position in `data`, from 0. Nothing was written.',
  message: ({ operation, row, field, fault }) => `${operation}: data[${row}].${field} is ${fault}.`,
})

export const bulkDuplicate = defineError<{
  operation: string
  fields: readonly string[]
  first: number
  second: number
}>({
  code: 'SUB_BULK_DUPLICATE',
  summary: 'Two rows of one call have the same key, so that one of them would be lost.',
  mend: "Remove one of them, or say which counts: onDuplicate: 'first' or 'last'. Nothing was written.",
  message: ({ operation, fields, first, second }) =>
    `${operation}: data[${first}] and data[${second}] have the same ${fields.join(', ')}.`,
})

export const bulkPartitioned = defineError<{ operation: string; version: number }>({
  code: 'SUB_BULK_PARTITIONED',
  summary: 'What became of each row of a partitioned table is known from PostgreSQL 18 on only.',
  mend: "Leave `outcome: 'rows'` out, or upgrade PostgreSQL.",
  message: ({ operation, version }) =>
    `${operation}: the table is partitioned, and PostgreSQL ${version} does not tell inserted rows from updated ones there.`,
})

export const bulkUnsupported = defineError<{ operation: string; reason: string }>({
  code: 'SUB_BULK_UNSUPPORTED',
  summary:
    'Bulk writes do not know the model: it is a view, has no key, or has a column of a type that they cannot write.',
  mend: 'Write these rows with the calls of Prisma.',
  message: ({ operation, reason }) => `${operation}: the model cannot be written in bulk, because of ${reason}.`,
})

export const batchesStopped = defineError<{ batches: number; items: number; before: number }>({
  code: 'SUB_BATCHES_STOPPED',
  summary: 'processInBatches() ended early: a batch failed, or the signal fired. The cause says which.',
  mend: 'Mend the cause and go on from item `details.before`: every item before it is done, and no batch is half done.',
  message: ({ batches, items, before }) =>
    `Stopped after ${batches} batches of ${items} items; all before item ${before} are done.`,
})
