import { defineError } from '../core/errors.ts'
import type { Fault } from './grammar/fault.ts'

export const schemaNotFound = defineError<{ path: string }>({
  code: 'SUB_SCHEMA_NOT_FOUND',
  summary: 'There is no Prisma schema at the given path.',
  mend: 'Name a .prisma file, or a folder that holds some.',
  message: ({ path }) => `There is no Prisma schema at ${path}.`,
})

/** What Prisma finds wrong in a schema file. Lines count from 1. */
export interface PrismaFault {
  readonly file: string
  readonly line: number
  readonly message: string
}

export const schemaInvalid = defineError<{ faults: readonly PrismaFault[]; rendered: string }>({
  code: 'SUB_SCHEMA_INVALID',
  summary: 'Prisma refuses the schema.',
  mend: 'Put right what Prisma says above.',
  message: ({ rendered }) => `${rendered.trimEnd()}\n\n`,
})

export const schemaProvider = defineError<{ provider: string }>({
  code: 'SUB_SCHEMA_PROVIDER',
  summary: 'The schema’s datasource is not PostgreSQL.',
  mend: 'Substrata works on PostgreSQL only: set `provider = "postgresql"` in the datasource.',
  message: ({ provider }) => `The datasource’s provider is ${provider}.`,
})

export const schemaUnreadable = defineError<{ file: string; line: number; column: number; message: string }>({
  code: 'SUB_SCHEMA_UNREADABLE',
  summary: 'A schema file holds something that is not in Prisma’s schema language as Substrata knows it.',
  mend: 'Run `substrata prisma validate`; where Prisma accepts the schema, please report this line.',
  message: ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}.`,
})

export const schemaDisagrees = defineError<{ differences: readonly string[] }>({
  code: 'SUB_SCHEMA_DISAGREES',
  summary: 'Substrata reads the schema in another way than Prisma does, so nothing was generated.',
  mend: 'This is a fault of Substrata: please report it with the lines named above.',
  message: ({ differences }) => `Substrata and Prisma read the schema differently:\n${differences.join('\n')}\n`,
})

export const annotationsInvalid = defineError<{ faults: readonly Fault[]; rendered: string }>({
  code: 'SUB_SCHEMA_ANNOTATIONS',
  summary: 'Annotations in the schema are unknown, malformed or out of place.',
  mend: 'docs/reference/annotations.md lists every annotation with its arguments.',
  message: ({ rendered, faults }) =>
    `${rendered}\n${faults.length === 1 ? 'One fault' : `${faults.length} faults`} in the annotations of the schema.`,
})
