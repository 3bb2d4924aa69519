import type { FastifySchema, RouteOptions } from 'fastify'
import { answers } from '../routes/schemas.ts'
import type { Access } from './access.ts'

/** How OpenAPI says that a route takes a token. */
export const securitySchemes = { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } as const

const security: Readonly<Record<Access, FastifySchema['security']>> = {
  reader: [{}, { token: [] }],
  member: [{ token: [] }],
  admin: [{ token: [] }],
  newcomer: [],
  nobody: [],
}

const problems: Readonly<Record<Access, readonly number[]>> = {
  reader: [401],
  member: [401, 403],
  admin: [401, 403],
  newcomer: [],
  nobody: [],
}

/** Adds to a route's documentation who may use it and how others are answered. */
export function documentAccess(route: RouteOptions, access: Access): void {
  const schema: FastifySchema = route.schema ?? {}
  const response = answers(schema.response as Parameters<typeof answers>[0], ...problems[access])
  route.schema = { ...schema, response, security: security[access] ?? [] }
}
