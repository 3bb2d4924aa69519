/** What can be wrong with a request to a service, or keep it from answering. */
export type ShopErrorCode =
  | 'INVALID_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'UNKNOWN_REFERENCE'
  | 'NOT_FOUND'
  | 'EMAIL_TAKEN'
  | 'STATUS_NOT_ALLOWED'
  | 'STATUS_CHANGED_MEANWHILE'
  | 'CREDIT_LIMIT_EXCEEDED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'UNAVAILABLE'

/** An error whose code, message and field may be shown to the caller: no value of a row, no SQL. */
export class ShopError extends Error {
  override readonly name = 'ShopError'
  readonly code: ShopErrorCode
  /** The part of the request that is at fault: `email`, `items[0].quantity`. */
  readonly field: string | undefined

  constructor(code: ShopErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.field = options.field
  }
}

export function isShopError(error: unknown, code?: ShopErrorCode): error is ShopError {
  return (
    error instanceof Error && error.name === 'ShopError' && (code === undefined || (error as ShopError).code === code)
  )
}
