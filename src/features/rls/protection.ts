/** What the annotations of a schema say about who may see which rows. */
import type { FieldMeta, ModelMeta, SchemaMeta } from '../../schema/index.ts'
import { idType } from './id-type.ts'

export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete'

export interface Policy {
  /** Of the annotation that declares it. */
  readonly annotation: 'rls.policy' | 'rls.tenant'
  readonly name: string
  readonly command: PolicyCommand
  /** Absent for every role. */
  readonly role?: string
  readonly using?: string
  readonly check?: string
  readonly permissive: boolean
}

/** A model with policies. */
export interface ProtectedModel {
  readonly model: ModelMeta
  /** The field that holds the tenant's id, where there is a wall between tenants. */
  readonly tenant?: FieldMeta
  readonly policies: readonly Policy[]
}

/** The context functions and the settings that they read. */
export const contextFunctions = {
  current_user_id: 'app.user_id',
  current_tenant_id: 'app.tenant_id',
} as const

export type ContextFunction = keyof typeof contextFunctions

export const tenantPolicyName = 'tenant_wall'

/** The tenant's field of a model that has a wall between tenants. */
export function tenantFieldOf(model: ModelMeta): FieldMeta | undefined {
  const name = model.annotations?.['rls.tenant']?.[0]?.field
  return typeof name === 'string' ? model.fields[name] : undefined
}

/** Every protected model of a schema, by name. */
export function protectedModels({ models }: SchemaMeta): ReadonlyMap<string, ProtectedModel> {
  const found = Object.values(models).flatMap((model): ProtectedModel[] => {
    const tenant = tenantFieldOf(model)
    const declared = declaredPolicies(model)
    const policies = tenant === undefined ? declared : [tenantPolicy(tenant, declared), ...declared]
    return policies.length === 0 ? [] : [{ model, ...(tenant && { tenant }), policies }]
  })
  return new Map(found.map((each) => [each.model.name, each]))
}

/** The models from which no relation, nor a chain of them, leads to a protected one. */
export function modelsApart(
  { models }: SchemaMeta,
  protectedOnes: ReadonlyMap<string, ProtectedModel>,
): ReadonlySet<string> {
  const reaching = new Set(protectedOnes.keys())
  let size: number
  do {
    size = reaching.size
    for (const { name, relations } of Object.values(models))
      if (Object.values(relations).some(({ model }) => reaching.has(model))) reaching.add(name)
  } while (reaching.size > size)
  return new Set(Object.keys(models).filter((name) => !reaching.has(name)))
}

/** The roles that policies name. */
export function policyRoles(models: ReadonlyMap<string, ProtectedModel>): ReadonlySet<string> {
  return new Set(
    [...models.values()].flatMap(({ policies }) => policies.flatMap(({ role }) => (role === undefined ? [] : [role]))),
  )
}

/** What a context function returns: the type of the tenant's fields, or of the id of the model `User`. */
export function contextFunctionType(name: ContextFunction, { models }: SchemaMeta): string {
  const fields =
    name === 'current_tenant_id' ? Object.values(models).map(tenantFieldOf) : models.User ? [keyOf(models.User)] : []
  return idType(fields.find((each) => each !== undefined)) ?? 'text'
}

function keyOf({ uniques, fields }: ModelMeta): FieldMeta | undefined {
  const key = Object.values(uniques).find((each) => each.primary)?.fields
  return key?.length === 1 ? fields[key[0]!] : undefined
}

/** Permits where no other policy does; else it restricts what they permit. */
function tenantPolicy({ column }: FieldMeta, others: readonly Policy[]): Policy {
  const own = `"${column.replaceAll('"', '""')}" = current_tenant_id()`
  return {
    annotation: 'rls.tenant',
    name: tenantPolicyName,
    command: 'all',
    using: own,
    check: own,
    permissive: !others.some((each) => each.permissive),
  }
}

function declaredPolicies(model: ModelMeta): Policy[] {
  return (model.annotations?.['rls.policy'] ?? []).map((given) => {
    // Checked against the annotation's definition when the schema was read.
    const {
      name,
      for: command,
      to,
      using,
      check,
      permissive,
    } = given as {
      readonly name: string
      readonly for?: PolicyCommand
      readonly to?: string
      readonly using?: string
      readonly check?: string
      readonly permissive?: boolean
    }
    return {
      annotation: 'rls.policy',
      name,
      command: command ?? 'all',
      ...(to !== undefined && { role: to }),
      ...(using !== undefined && { using }),
      ...(check !== undefined && { check }),
      permissive: permissive ?? true,
    }
  })
}
