import type { FastifySchemaCompiler } from 'fastify'
import { type Static, type TObject, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { ShopError } from '../errors.ts'

/**
 * Checks every part of a request against its TypeBox schema; the first fault becomes an INVALID_REQUEST that names the field.
 * The URL carries only text, so whole numbers in it are read as such. Nothing in a body is converted.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = compile(schema, httpPart)
  return (input: unknown) => check(httpPart === 'querystring' ? readIntegers(schema as TObject, input) : input)
}

/**
 * Checks values that are no part of a request by themselves: the lines of a body.
 * @throws ShopError INVALID_REQUEST
 */
export function checkerOf<T extends TSchema>(schema: T): (input: unknown) => Static<T> {
  const check = compile(schema, 'line')
  return (input) => {
    const checked = check(input)
    if ('error' in checked) throw checked.error
    return checked.value as Static<T>
  }
}

function compile(schema: TSchema, httpPart: string | undefined) {
  const validator = Compile(schema)
  return (value: unknown): { value: unknown } | { error: ShopError } => {
    const field = pathOfUnstorable(value)
    if (field !== undefined)
      return {
        error: new ShopError('INVALID_REQUEST', `${field || 'The request'} holds characters that no text may hold.`, {
          field,
        }),
      }
    if (validator.Check(value)) return { value }
    return { error: invalidRequest(validator.Errors(value)[0], httpPart) }
  }
}

interface Fault {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

function invalidRequest(fault: Fault | undefined, part = 'request'): ShopError {
  const path = fault?.instancePath.split('/').slice(1).map(unescapePointer) ?? []
  const { requiredProperties } = (fault?.params ?? {}) as { requiredProperties?: string[] }
  const missing = requiredProperties?.[0]
  const field = fieldName(missing === undefined ? path : [...path, missing]) || part
  return new ShopError('INVALID_REQUEST', `${field} ${missing === undefined ? reasonOf(fault) : 'is required'}.`, {
    field,
  })
}

function reasonOf(fault: Fault | undefined): string {
  if (fault?.keyword === 'boolean') return 'is not known'
  if (fault?.keyword === 'pattern') return 'has not the right form'
  return fault?.message ?? 'is not valid'
}

/** `['items', '0', 'sku']` as `items[0].sku`, cut where a caller makes it endless. */
function fieldName(path: readonly string[]): string {
  const joined = path.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('')
  return joined.replace(/^\./, '').slice(0, 100)
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function readIntegers(schema: TObject, input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input
  const isInteger = (name: string) => Type.IsInteger(schema.properties[name])
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      isInteger(name) && typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ]),
  )
}

/** PostgreSQL has no NUL in text, and half of a surrogate pair is no character: it would be stored as another one. */
const unstorable = /\0|\p{Surrogate}/u

/** Where the first text stands that cannot be stored as it is; an empty path for the value itself. */
function pathOfUnstorable(value: unknown, path: readonly string[] = []): string | undefined {
  if (typeof value === 'string') return unstorable.test(value) ? fieldName(path) : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, part] of Object.entries(value)) {
    const found = pathOfUnstorable(part, [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}
