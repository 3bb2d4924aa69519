import { defineError } from '../core/errors.ts'

export const prismaUnsupported = defineError<{ version: string; missing: readonly string[] }>({
  code: 'SUB_PRISMA_UNSUPPORTED',
  summary: 'The installed version of Prisma lacks an internal that the client is built on.',
  mend: 'Install a version of @prisma/client in the range that this version of Substrata names as its peer.',
  message: ({ version, missing }) => `Prisma ${version} has no ${missing.join(', ')}.`,
})

export const reasonMissing = defineError<object>({
  code: 'SUB_REASON_MISSING',
  summary: '$unprotected() was given no reason.',
  mend: "Say why these calls need no context: db.$unprotected('nightly report').",
  message: () => '$unprotected() takes a reason, which events and counters show.',
})

export const limitUnknown = defineError<{ name: string; known: readonly string[] }>({
  code: 'SUB_LIMIT_UNKNOWN',
  summary: '$with() was given something that is no limit of an operation.',
  mend: 'Pass { timeout, signal, traceId, queryPath }; a context is set by $as().',
  message: ({ name, known }) => `$with() knows no ${name}. It takes ${known.join(', ')}.`,
})

export const batchUnsupported = defineError<{ model: string; name: string }>({
  code: 'SUB_BATCH_UNSUPPORTED',
  summary: 'A method of ours was given to $transaction([…]), which takes only calls of Prisma.',
  mend: 'Use the interactive form: db.$transaction(async (tx) => { … }).',
  message: ({ model, name }) => `${model}.${name}() cannot be part of $transaction([…]).`,
})

export const schemaFormat = defineError<{ format: unknown }>({
  code: 'SUB_SCHEMA_FORMAT',
  summary: 'The generated schema was written by another version of the generator.',
  mend: 'Run `npx substrata generate` and deploy what it writes with the same version of Substrata.',
  message: ({ format }) => `The schema has format ${JSON.stringify(format) ?? 'none'}; this version reads format 1.`,
})

export const modelUnknown = defineError<{ name: string; known: readonly string[] }>({
  code: 'SUB_MODEL_UNKNOWN',
  summary: 'queryPath names a model that the schema does not have.',
  mend: "Name models as the schema does, Post and not post: queryPath: { Post: 'prisma' }.",
  message: ({ name, known }) => `queryPath names the model ${name}. The schema has ${known.join(', ')}.`,
})

export const prismaAdapter = defineError<object>({
  code: 'SUB_PRISMA_ADAPTER',
  summary: 'The function given to substrata() made a Prisma client on another adapter than the one it was given.',
  mend: 'Pass the adapter on: substrata(({ adapter }) => new PrismaClient({ adapter, … }), …). On another one no context would be sent.',
  message: () => 'The Prisma client is not on the adapter that was made for it.',
})

export const extensionRows = defineError<{ model: string; name: string }>({
  code: 'SUB_EXTENSION_ROWS',
  summary:
    'A query extension of the client gives findMany more rows than were read, or fewer, or answers without reading.',
  mend: 'Have the extension change the arguments instead (`where`, `orderBy`), or call the method on a client without it.',
  message: ({ model, name }) =>
    `${model}.${name}() has a place in its order for each row that it reads, and an extension of the client gives other rows.`,
})
