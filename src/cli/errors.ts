import { defineError } from '../core/errors.ts'

export const usage = defineError<{ message: string }>({
  code: 'SUB_USAGE',
  summary: 'The command line is not understood.',
  mend: 'See `substrata --help`, or `--help` after a command.',
  message: ({ message }) => message,
})

export const confirmationNeeded = defineError<{ action: string }>({
  code: 'SUB_CONFIRMATION_NEEDED',
  summary: 'A command that destroys data was run where nobody can be asked.',
  mend: 'Repeat the command with --force if that is what you want.',
  message: ({ action }) => `This would ${action}.`,
})

export const prismaNotFound = defineError<{ directory: string }>({
  code: 'SUB_PRISMA_NOT_FOUND',
  summary: "The project's Prisma CLI is not installed.",
  mend: 'Install it with `npm install --save-dev --ignore-scripts prisma`.',
  message: ({ directory }) => `There is no package \`prisma\` to be found from ${directory}.`,
})

export const prismaVersion = defineError<{ found: string }>({
  code: 'SUB_PRISMA_VERSION',
  summary: "The project's Prisma CLI is of a major version that this engine does not serve.",
  mend: 'Install prisma 7.10 or a later 7.x.',
  message: ({ found }) => `The project has prisma ${found}.`,
})

export const configUnreadable = defineError<{ file: string; reason: string }>({
  code: 'SUB_PRISMA_CONFIG',
  summary: "Prisma's configuration file cannot be read.",
  mend: 'Correct the file, or name another with --config.',
  message: ({ file, reason }) => `${file} cannot be read: ${reason}.`,
})

export const schemaNotFound = defineError<{ tried: readonly string[] }>({
  code: 'SUB_CLI_SCHEMA_NOT_FOUND',
  summary: 'A command found no Prisma schema.',
  mend: 'Name it with --schema, or as `schema` in prisma.config.ts.',
  message: ({ tried }) => `There is no Prisma schema at ${tried.join(' or ')}.`,
})

export const databaseUrlMissing = defineError({
  code: 'SUB_DATABASE_URL_MISSING',
  summary: 'No connection URL is given.',
  mend: 'Set MIGRATE_DATABASE_URL to a URL of the role that owns the tables, or DATABASE_URL, or `datasource.url` in prisma.config.ts.',
  message: () => 'There is no URL of a database to work on.',
})

export const databaseUrlInvalid = defineError({
  code: 'SUB_DATABASE_URL_INVALID',
  summary: 'The connection URL is none of PostgreSQL.',
  mend: 'Write postgresql://user:password@host:port/database; characters such as @ : / # ? in a password must be percent-encoded.',
  message: () => 'The URL of the database cannot be read.',
})
