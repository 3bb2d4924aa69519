/**
 * Errors as a product: one class, a stable code, the cause, and a message that holds the mend.
 *
 * A module that can fail defines its errors once, in its `errors.ts`, with {@link defineError}; the reference page
 * `docs/reference/errors.md` is generated from these definitions.
 */

const brand = Symbol.for('substrata.error')

/** A stable, documented error code. */
export type ErrorCode = `SUB_${string}`

/** The one error class of Substrata. Recognise it with {@link isSubstrataError}, never with `instanceof`. */
export class SubstrataError<Details extends object = object> extends Error {
  override readonly name = 'SubstrataError'
  /** Stable across releases; documented in `docs/reference/errors.md`. */
  readonly code: ErrorCode
  /** What a program needs to act on the error. Holds no secret and no row value. */
  readonly details: Readonly<Details>

  constructor(code: ErrorCode, message: string, details: Details, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = Object.freeze({ ...details })
    Object.defineProperty(this, brand, { value: true })
  }
}

/** True for an error made by any copy of Substrata in the process; with `code`, only for that code. */
export function isSubstrataError(error: unknown, code?: ErrorCode): error is SubstrataError {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[brand] === true &&
    (code === undefined || (error as SubstrataError).code === code)
  )
}

/** What the reference says of one error. */
export interface ErrorDefinition {
  readonly code: ErrorCode
  /** When it is raised, in one sentence. */
  readonly summary: string
  /** How to mend it, in one or two sentences. */
  readonly mend: string
}

const definitions = new Map<ErrorCode, ErrorDefinition>()

/**
 * Defines an error and returns its maker.
 *
 * @param definition.message - Renders what happened. The mend is appended to it. Never put a parameter's value, a row's
 * value, a URL or a secret into it.
 * @throws Error when the code is defined twice.
 */
export function defineError<Details extends object>(
  definition: ErrorDefinition & { message: (details: Details) => string },
): (details: Details, options?: ErrorOptions) => SubstrataError<Details> {
  const { code, summary, mend, message } = definition
  if (definitions.has(code)) throw new Error(`error code ${code} is defined twice`)
  definitions.set(code, { code, summary, mend })
  return (details, options) => new SubstrataError(code, `${message(details)} ${mend}`, details, options)
}

/** Every error defined by the modules loaded so far, by code. */
export function definedErrors(): ErrorDefinition[] {
  return [...definitions.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}
