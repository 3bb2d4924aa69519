import { defineError } from '../core/errors.ts'

export const whereInvalid = defineError<{ model: string; at: string; reason: string }>({
  code: 'SUB_WHERE_INVALID',
  summary: 'A where names what the model does not have, or holds what its type or operator does not take.',
  mend: 'Correct the argument that the error names. Calls of Prisma itself take the same where and say more about it.',
  message: ({ model, at, reason }) => `${at} of ${model} cannot be used: ${reason}.`,
})
