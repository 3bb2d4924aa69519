import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isSubstrataError } from 'substrata'
import { isShopError, type ShopErrorCode } from '../errors.ts'
import { isUnavailable } from '../services/database-errors.ts'

const statuses: Readonly<Record<ShopErrorCode, number>> = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UNKNOWN_REFERENCE: 400,
  NOT_FOUND: 404,
  EMAIL_TAKEN: 409,
  STATUS_CHANGED_MEANWHILE: 409,
  STATUS_NOT_ALLOWED: 422,
  CREDIT_LIMIT_EXCEEDED: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  UNAVAILABLE: 503,
}

/** The one shape of every error that leaves the API. */
export interface ErrorBody {
  error: { code: string; message: string; field?: string }
}

export function errorBody(code: string, message: string, field?: string): ErrorBody {
  return { error: { code, message, ...(field !== undefined && { field }) } }
}

interface Answer {
  readonly status: number
  readonly body: ErrorBody
}

/** What Fastify itself refuses, before a route is reached. */
const refusals: Readonly<Record<string, Answer>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: answer(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.'),
  FST_ERR_CTP_BODY_TOO_LARGE: answer(413, 'BODY_TOO_LARGE', 'The body is too large.'),
  FST_ERR_CTP_INVALID_JSON_BODY: answer(400, 'INVALID_REQUEST', 'The body is not valid JSON.', 'body'),
  FST_ERR_CTP_EMPTY_JSON_BODY: answer(400, 'INVALID_REQUEST', 'The body is empty.', 'body'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: answer(400, 'INVALID_REQUEST', 'The body is not as long as announced.', 'body'),
  FST_ERR_BAD_URL: answer(400, 'INVALID_REQUEST', 'The URL is not valid.'),
}

function answer(status: number, code: string, message: string, field?: string): Answer {
  return { status, body: errorBody(code, message, field) }
}

export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send(errorBody('NOT_FOUND', 'There is nothing at this URL.'))
  })
}

/** Known errors in their own words; anything else is logged whole and answered with nothing of it. */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = answerTo(error)
  if (status >= 500) request.log.error({ err: error }, body.error.message)
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  if (status === 503) reply.header('retry-after', '1')
  reply.code(status).send(body)
}

/** What is told of a failure where the status is out already. */
export function errorBodyOf(error: unknown): ErrorBody {
  return answerTo(error as FastifyError).body
}

function answerTo(error: FastifyError): Answer {
  if (isShopError(error)) return answer(statuses[error.code], error.code, error.message, error.field)
  if (isSubstrataError(error, 'SUB_POLICY_DENIED')) return answer(403, 'FORBIDDEN', 'This is not yours to write.')
  if (isSubstrataError(error) && error.code.startsWith('SUB_CURSOR_'))
    return answer(400, 'INVALID_REQUEST', 'The cursor is not of this list; begin with its first page.', 'after')
  const refused = Object.hasOwn(refusals, error.code ?? '') ? refusals[error.code] : undefined
  if (refused !== undefined) return refused
  if (isUnavailable(error)) return answer(503, 'UNAVAILABLE', 'The database did not answer; try again.')
  const { statusCode = 500 } = error
  if (statusCode >= 400 && statusCode < 500) return answer(statusCode, 'INVALID_REQUEST', 'The request is not valid.')
  return answer(500, 'INTERNAL', 'Something went wrong here.')
}

/** What is not HTTP at all, or too slow or too long in its headers: Node gives it to us as a bare socket. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, text] = brokenRequests[error.code ?? ''] ?? ['400 Bad Request', 'The request is not valid HTTP.']
  const body = JSON.stringify(errorBody('INVALID_REQUEST', text))
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`
  socket.end(`${head}\r\n\r\n${body}`)
}

const brokenRequests: Readonly<Record<string, readonly [status: string, text: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
}
