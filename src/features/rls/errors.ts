import { defineError } from '../../core/errors.ts'

export const contextMissing = defineError<{ operation: string; model: string | undefined; needs: 'any' | 'tenantId' }>({
  code: 'SUB_CONTEXT_MISSING',
  summary: 'A call that policies protect was made without the context that they read. No SQL was sent.',
  mend:
    'Make the call on db.$as({ userId, tenantId }), with db.$as({}) for visitors whom nobody knows; or, where no context is ' +
    "meant, on db.$unprotected('the reason').",
  message({ operation, model, needs }) {
    if (model === undefined) return `${operation} may read or write protected tables, and was called without a context.`
    return needs === 'any'
      ? `${operation} touches ${model}, which policies protect, and was called without a context.`
      : `${operation} touches ${model}, which belongs to tenants, and its context has no tenantId.`
  },
})

export const rowSecurityVoid = defineError<{
  findings: readonly { object: string; message: string; mend: string }[]
}>({
  code: 'SUB_ROW_SECURITY_VOID',
  summary: 'The schema declares policies, and they would not hold for the role that the application connects as.',
  mend: 'Run the statements above as the owner or an administrator, or connect as a role made by createRoles().',
  message: ({ findings }) =>
    `Rows are not protected as declared:\n${findings.map(({ object, message, mend }) => `  ${object}: ${message}\n    ${mend};`).join('\n')}\n`,
})

export const roleNotAllowed = defineError<{ allowed: readonly string[] }>({
  code: 'SUB_ROLE_NOT_ALLOWED',
  summary: 'A context names a role that neither a policy nor the option `roles` names.',
  mend: 'Name it in substrata(…, { roles: […] }) if contexts may take it.',
  message: ({ allowed }) =>
    `The context's role is none of those that contexts may take (${allowed.join(', ') || 'there are none'}).`,
})

export const policyDenied = defineError<{ model: string; command: string; operation: string }>({
  code: 'SUB_POLICY_DENIED',
  summary: 'A policy of row-level security forbids the row that was to be written, and nothing was written.',
  mend:
    'Write under a context that may, or change the policy; explainPolicies() shows what applies. A row that is returned ' +
    'after it was written must also be visible to its writer.',
  message: ({ model, command, operation }) => `${operation}: no policy of ${model} allows this ${command}.`,
})

export const relationHidden = defineError<{ model: string; relation: string; target: string }>({
  code: 'SUB_RELATION_HIDDEN',
  summary: 'A row is visible, but a policy hides the row that its required relation points at.',
  mend: 'Let the policies of both agree, make the relation optional in the schema, or leave it out of the call.',
  message: ({ model, relation, target }) =>
    `${model}.${relation} is required, and the policies of ${target} hide its row from this context.`,
})
