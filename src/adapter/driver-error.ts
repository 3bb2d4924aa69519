/** A database error in the words that Prisma's runtime turns into its P-codes. */
import { DriverAdapterError, type MappedError } from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { isDatabaseError } from '../pg/errors.ts'

/** The error to throw out of the adapter: database errors translated, everything else as it is. */
export function driverError(error: unknown): unknown {
  if (!isDatabaseError(error)) return error
  return new DriverAdapterError({ originalCode: error.code!, originalMessage: error.message, ...mapped(error) })
}

function mapped(error: pg.DatabaseError): MappedError {
  const { code, message } = error
  switch (code) {
    case '22001':
      return { kind: 'LengthMismatch', ...(error.column !== undefined && { column: error.column }) }
    case '22003':
      return { kind: 'ValueOutOfRange', cause: message }
    case '22P02':
      return { kind: 'InvalidInputValue', message }
    case '23505':
      return uniqueViolation(error)
    case '23502': {
      const fields = keyFields(error)
      return { kind: 'NullConstraintViolation', ...(fields && { constraint: { fields } }) }
    }
    case '23503':
      return { kind: 'ForeignKeyConstraintViolation', ...referenceOf(error) }
    case '23001':
      return { kind: 'RestrictViolation', ...referenceOf(error) }
    case '3D000':
      return { kind: 'DatabaseDoesNotExist', ...named('db', message.split(' ').at(1)) }
    case '28000':
      return {
        kind: 'DatabaseAccessDenied',
        ...named(
          'db',
          message.split(',').find((part) => part.startsWith(' database')),
        ),
      }
    case '28P01':
      return { kind: 'AuthenticationFailed', ...named('user', message.split(' ').at(-1)) }
    case '40001':
    case '40P01':
      return { kind: 'TransactionWriteConflict' }
    case '42P01':
      return { kind: 'TableDoesNotExist', ...named('table', message.split(' ').at(1)) }
    case '42703': {
      const column = message.match(/^column (.+) does not exist$/)?.[1]
      if (column === undefined) return { kind: 'ColumnNotFound' }
      return {
        kind: 'ColumnNotFound',
        column: column.replace(/"((?:""|[^"])*)"/g, (_, name) => name.replaceAll('""', '"')),
      }
    }
    case '42P04':
      return { kind: 'DatabaseAlreadyExists', ...named('db', message.split(' ').at(1)) }
    case '53300':
      return { kind: 'TooManyConnections', cause: message }
    default:
      return {
        kind: 'postgres',
        code: code ?? 'N/A',
        severity: error.severity ?? 'N/A',
        message,
        detail: error.detail,
        column: error.column,
        hint: error.hint,
      }
  }
}

function uniqueViolation(error: pg.DatabaseError): MappedError {
  const fields = keyFields(error)
  const constraint = error.constraint ? { index: error.constraint } : fields && { fields }
  const suffix = fields && `_${fields.join('_')}_key`
  const table =
    error.table ??
    (suffix && error.constraint?.endsWith(suffix) ? error.constraint.slice(0, -suffix.length) : undefined)
  return { kind: 'UniqueConstraintViolation', ...(constraint && { constraint }), ...(table !== undefined && { table }) }
}

function referenceOf({ column, constraint }: pg.DatabaseError): {
  constraint?: { fields: string[] } | { index: string }
} {
  if (column) return { constraint: { fields: [column] } }
  return constraint ? { constraint: { index: constraint } } : {}
}

function keyFields({ detail }: pg.DatabaseError): string[] | undefined {
  return detail?.match(/Key \(([^)]+)\)/)?.[1]?.split(', ')
}

/** The word between the first quotes of a part of a message. */
function named<Name extends string>(name: Name, part: string | undefined): { [K in Name]?: string } {
  const value = part?.split('"').at(1)
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: string })
}
