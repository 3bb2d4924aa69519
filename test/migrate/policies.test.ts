import { expect, it } from 'vitest'
import { createProject, type TestProject } from './project.ts'

const invoice = (annotations: string, fields = '') => `${annotations}
model Invoice {
  id       String @id @default(uuid()) @db.Uuid
  tenantId String @map("tenant_id") @db.Uuid
  ownerId  String @map("owner_id")
  ${fields}
  @@map("invoices")
}`

const tenant = '/// @rls.tenant(tenantId)'
const own = '/// @rls.policy("own", for: select, using: "owner_id = current_user_id()")'

async function security(project: TestProject) {
  const [table] = await project.query(
    `SELECT relrowsecurity AS enabled, relforcerowsecurity AS forced FROM pg_class WHERE relname = 'invoices'`,
  )
  const policies = await project.query(
    `SELECT policyname AS name, permissive, cmd, qual FROM pg_policies WHERE tablename = 'invoices' ORDER BY 1`,
  )
  const functions = await project.query(
    `SELECT proname AS name, prorettype::regtype::text AS type, provolatile AS volatility, proparallel AS parallel
       FROM pg_proc WHERE proname LIKE 'current\\_%\\_id' AND pronamespace = 'public'::regnamespace ORDER BY 1`,
  )
  return { ...table, policies, functions }
}

it('makes, changes and removes what policies need', async () => {
  await using project = await createProject()
  await project.schema(invoice(tenant))
  const first = await project.dev()
  expect(first.migration?.sql).toContain('CREATE INDEX "invoices_tenant_id_policy_idx" ON "invoices" ("tenant_id")')
  const functions = [
    { name: 'current_tenant_id', type: 'uuid', volatility: 's', parallel: 's' },
    { name: 'current_user_id', type: 'text', volatility: 's', parallel: 's' },
  ]
  const wall = '(tenant_id = ( SELECT current_tenant_id() AS current_tenant_id))'
  expect(await security(project)).toEqual({
    enabled: true,
    forced: true,
    policies: [{ name: 'tenant_wall', permissive: 'PERMISSIVE', cmd: 'ALL', qual: wall }],
    functions,
  })
  expect((await project.dev()).migration).toBeUndefined()

  // Beside a policy that permits, the wall restricts.
  await project.schema(invoice(`${tenant}\n${own}`))
  const second = await project.dev()
  expect(second.migration?.sql).not.toContain('ROW LEVEL SECURITY')
  expect(second.migration?.sql).toContain('CREATE INDEX "invoices_owner_id_policy_idx"')
  expect(await security(project)).toEqual({
    enabled: true,
    forced: true,
    policies: [
      {
        name: 'own',
        permissive: 'PERMISSIVE',
        cmd: 'SELECT',
        qual: '(owner_id = ( SELECT current_user_id() AS current_user_id))',
      },
      { name: 'tenant_wall', permissive: 'RESTRICTIVE', cmd: 'ALL', qual: wall },
    ],
    functions,
  })
  expect((await project.dev()).migration).toBeUndefined()

  await project.schema(invoice(''))
  await project.dev()
  expect(await security(project)).toEqual({ enabled: false, forced: false, policies: [], functions: [] })
  expect((await project.dev()).migration).toBeUndefined()
})

it('makes policies anew around a column whose type changes', async () => {
  await using project = await createProject()
  await project.schema(invoice(`${tenant}\n${own}`))
  await project.dev()
  await project.schema(invoice(`${tenant}\n${own}`).replace('@map("owner_id")', '@map("owner_id") @db.VarChar(40)'))
  const { migration } = await project.dev({ confirmLoss: async () => true })
  expect(migration?.applied).toBe(true)
  expect((await security(project)).policies).toHaveLength(2)
  expect((await project.dev()).migration).toBeUndefined()
})

it('gives the context functions another type with the ids', async () => {
  await using project = await createProject()
  await project.schema(invoice(tenant))
  await project.dev()
  await project.schema(
    invoice(tenant).replaceAll('tenantId String @map("tenant_id") @db.Uuid', 'tenantId Int @map("tenant_id")'),
  )
  await project.dev({ confirmLoss: async () => true })
  expect((await security(project)).functions).toMatchObject([{ type: 'integer' }, { type: 'text' }])
  expect((await project.dev()).migration).toBeUndefined()
})

it('follows a renamed table', async () => {
  await using project = await createProject()
  await project.schema(invoice(tenant))
  await project.dev()
  await project.schema(invoice(tenant).replace('@@map("invoices")', '@@map("bills")'))
  const { migration } = await project.dev({ renames: ['invoices:bills'] })
  expect(migration?.sql).not.toContain('ENABLE ROW LEVEL SECURITY')
  expect(await project.query(`SELECT relrowsecurity AS on FROM pg_class WHERE relname = 'bills'`)).toEqual([
    { on: true },
  ])
  expect((await project.dev()).migration).toBeUndefined()
})

it('leaves row security made by hand alone', async () => {
  await using project = await createProject()
  await project.schema(invoice(''))
  await project.dev()
  await project.migration(
    '29990101000000_by_hand',
    'ALTER TABLE invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY hand ON invoices USING (true);',
  )
  expect((await project.dev()).migration).toBeUndefined()
  expect(await security(project)).toMatchObject({ enabled: true, policies: [{ name: 'hand' }] })
})
