import { argument, defineAnnotation } from '../../schema/index.ts'
import { tenantFaults } from './tenant-rules.ts'

const { boolean, field, identifier, optional, required, sql, word } = argument

export const rlsPolicy = defineAnnotation({
  name: 'rls.policy',
  on: ['model'],
  repeatable: true,
  arguments: {
    name: required(identifier, 'The name of the policy in the database.'),
    for: optional(word('all', 'select', 'insert', 'update', 'delete'), 'The commands it is about; all where absent.'),
    to: optional(identifier, 'The role it is for, which a context names as its `role`; every role where absent.'),
    using: optional(sql, 'The condition that a row meets to be seen, changed or deleted.'),
    check: optional(sql, 'The condition that a written row meets; that of `using` where absent.'),
    permissive: optional(
      boolean,
      'False: rows must meet it beside what other policies permit. True or absent: it permits.',
    ),
  },
  summary: 'A policy of row-level security: which rows of the table may be read and written.',
  example: `/// @rls.policy("own", using: "id = current_user_id()")
/// @rls.policy("admins", for: select, to: "admin_role", using: "true")
model User {
  id    String @id @default(cuid())
  email String @unique
}`,
  check({ for: command, using, check }) {
    if (using === undefined && check === undefined) return { message: 'it needs `using` or `check`' }
    if (command === 'insert' && using !== undefined)
      return { argument: 'using', message: 'a new row is checked, not found: write `check` instead of `using`' }
    if ((command === 'select' || command === 'delete') && check !== undefined)
      return { argument: 'check', message: `${command} writes no row: write \`using\` instead of \`check\`` }
    return undefined
  },
})

export const rlsTenant = defineAnnotation({
  name: 'rls.tenant',
  on: ['model'],
  arguments: { field: required(field, 'The field that holds the tenant’s id.') },
  summary:
    'A wall between tenants: rows are read and written under the context of their own tenant only. ' +
    'Other policies of the model decide inside the wall, and none can open it.',
  example: `/// @rls.tenant(tenantId)
model Invoice {
  id       String @id @default(cuid())
  tenantId String
  number   Int

  @@unique([tenantId, number])
}`,
  checkSchema: tenantFaults,
})
