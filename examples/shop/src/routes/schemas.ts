// The shapes that several routes share.
import { type TSchema, Type } from 'typebox'

const EVERYTHING_ELSE = { additionalProperties: false }

/** An object without properties beyond those named: a misspelt one is an error, not silence. */
export function strict<T extends Parameters<typeof Type.Object>[0]>(properties: T) {
  return Type.Object(properties, EVERYTHING_ELSE)
}

export const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'An id as this API gave it out' })
export const IdParams = strict({ id: Id })

/** Text with something in it besides white space. */
export function text(maxLength: number) {
  return Type.String({ minLength: 1, maxLength, pattern: '\\S' })
}

/** A link that a browser may follow: no `javascript:`. */
export const WebAddress = Type.String({ pattern: '^https?://\\S+$', maxLength: 2_000 })

export const EmailAddress = Type.String({ format: 'email', maxLength: 254 })
export const Instant = Type.String({ format: 'date-time' })
/** A day that PostgreSQL and JavaScript agree on. */
export const Day = Type.String({ format: 'date', pattern: '^(19|20|21)', examples: ['2026-01-31'] })
/** Exact decimal text that fits numeric(10,2): a JSON number would be read as a float. */
export const Money = Type.String({ pattern: '^(0|[1-9][0-9]{0,7})(\\.[0-9]{1,2})?$', examples: ['19.90'] })

export const PageQuery = {
  first: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '`nextCursor` of the page before' })),
}

export function Page<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    hasNextPage: Type.Boolean(),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  })
}

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

const Problem = Type.Object(
  { error: Type.Object({ code: Type.String(), message: Type.String(), field: Type.Optional(Type.String()) }) },
  { description: 'What is wrong, and with which field' },
)

/** The documented answers of a route: what it returns, and the errors that it can return besides a fault of the server. */
export function answers<T extends Record<number, TSchema>>(good: T, ...problems: number[]) {
  return { ...good, ...Object.fromEntries(problems.map((status) => [status, Problem])) } as T
}
