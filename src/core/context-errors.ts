import { defineError } from './errors.ts'

export const contextInvalid = defineError<{ field: string; fault: string }>({
  code: 'SUB_CONTEXT_INVALID',
  summary: 'A context holds something that cannot be carried to PostgreSQL unchanged.',
  mend: 'Pass { userId, tenantId, role, claims }: non-empty strings, and claims as plain JSON.',
  message: ({ field, fault }) => `The context's ${field} ${fault}.`,
})
