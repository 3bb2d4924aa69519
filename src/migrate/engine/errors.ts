import { defineError } from '../../core/errors.ts'

/** A fault in a Prisma schema file. Lines count from 1. */
export interface SchemaFault {
  readonly file: string
  readonly line: number
  readonly message: string
}

export const engineRefusedSchema = defineError<{ faults: readonly SchemaFault[] }>({
  code: 'SUB_ENGINE_SCHEMA',
  summary: "Prisma's schema engine refuses the schema.",
  mend: 'Correct the lines named above.',
  message: ({ faults }) =>
    `The Prisma schema has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults
      .map(({ file, line, message }) => `  ${file}:${line}: ${message}`)
      .join('\n')}\n`,
})

export const engineFailed = defineError<{ operation: string; reason: string; prismaCode: string | undefined }>({
  code: 'SUB_ENGINE_FAILED',
  summary: "Prisma's schema engine refused an operation.",
  mend: 'The reason above is the engine’s own; a code of Prisma’s is explained at https://www.prisma.io/docs/orm/reference/error-reference.',
  message: ({ operation, reason, prismaCode }) =>
    `The schema engine failed (${operation}${prismaCode === undefined ? '' : `, ${prismaCode}`}): ${reason}`,
})

export const enginePanicked = defineError<{ message: string }>({
  code: 'SUB_ENGINE_PANIC',
  summary: "Prisma's schema engine met a fault of its own and stopped.",
  mend: 'Nothing can be done with this engine afterwards; run the command again, and report it with the schema if it comes back.',
  message: ({ message }) => `The schema engine panicked: ${message}.`,
})

export const engineConnectionFailed = defineError<{
  prismaCode: string
  reason: string
  host: string | undefined
  port: number | undefined
  database: string | undefined
}>({
  code: 'SUB_ENGINE_CONNECTION',
  summary: 'The database that a migration command needs cannot be used.',
  mend: 'Check the connection URL, that the server runs, and that the role may do this (creating databases, for the shadow database).',
  message: ({ prismaCode, reason }) => `${reason} (${prismaCode})`,
})

export const replayFailed = defineError<{ migration: string; line: number | undefined; reason: string }>({
  code: 'SUB_MIGRATION_REPLAY_FAILED',
  summary: 'A migration of the history does not run on an empty database.',
  mend: 'A history must run from an empty database to its end: correct that migration (its checksum changes) or what it depends on.',
  message: ({ migration, line, reason }) =>
    `The migration ${migration} fails in the shadow database${line === undefined ? '' : ` at line ${line}`}: ${reason}.`,
})
