/**
 * Our errors on their way through Prisma's request handler, which makes an error of its own of everything that has a
 * `code`. So they travel in one that has none, and are taken out above it.
 */
import { isSubstrataError } from '../core/errors.ts'

class CarriedError extends Error {
  override readonly name = 'CarriedError'
}

/** Packs an error of ours; anything else stays as it is. */
export function load<T>(value: T): T | Error {
  return isSubstrataError(value) ? new CarriedError(value.message, { cause: value }) : value
}

/** Throws what was packed, or the error itself. */
export function unload(error: unknown): never {
  throw error instanceof CarriedError ? error.cause : error
}
