/**
 * What makes policies void, slow or meaningless in a database, each with the statement that mends it. Asked as the role that
 * the application connects as.
 */
import type { Ask } from '../../client/feature.ts'
import { identifier } from '../../pg/index.ts'
import { annotations, annotationsOf, type SchemaMeta } from '../../schema/index.ts'
import * as catalogue from './catalogue.ts'
import { always, unwrapped } from './expressions.ts'
import { type Policy, type ProtectedModel, protectedModels } from './protection.ts'
import { createPolicy, protectTable } from './sql.ts'

export type CheckName =
  | 'superuser'
  | 'bypassrls'
  | 'role-bypasses'
  | 'role-inherited'
  | 'not-enabled'
  | 'not-forced'
  | 'no-policies'
  | 'policy-missing'
  | 'policy-without-index'
  | 'function-unwrapped'
  | 'function-volatile'
  | 'policy-always-true'
  | 'view-without-invoker'
  | 'materialized-view'
  | 'partition-open'

export interface Finding {
  readonly check: CheckName
  /** An error means that rows are not protected as declared; the client refuses to start. */
  readonly severity: 'error' | 'warning'
  /** What it is about: a role, a table, a policy on a table, a function, a view. */
  readonly object: string
  readonly message: string
  /** SQL; words in angle brackets are to be filled in. */
  readonly mend: string
}

/** @param schema - What is declared; without it only what the database itself says is looked at. */
export async function checkRowSecurity(ask: Ask, schema?: SchemaMeta): Promise<Finding[]> {
  const declared = schema === undefined ? [] : [...protectedModels(schema).values()]
  const tables = await ask<catalogue.TableRow>(catalogue.tables)
  const policies = await ask<catalogue.PolicyRow>(catalogue.policies)
  return [
    ...(await roleFindings(ask)),
    ...tables.flatMap((table) => tableFindings(table, isDeclared(table, declared))),
    ...missingPolicies(declared, tables, policies),
    ...policies.flatMap((policy) => policyFindings(policy, tables)),
    ...(await ask<catalogue.VolatileRow>(catalogue.volatileFunctions)).map(volatileFinding),
    ...(await ask<catalogue.ViewRow>(catalogue.views)).filter((view) => !isPublic(view, schema)).map(viewFinding),
    ...(await ask<catalogue.PartitionRow>(catalogue.partitions)).map(partitionFinding),
  ]
}

async function roleFindings(ask: Ask): Promise<Finding[]> {
  const [self] = await ask<catalogue.RoleRow>(catalogue.role)
  if (self === undefined) return []
  const role = identifier(self.name)
  const findings: Finding[] = []
  const add = (check: CheckName, message: string, mend: string) =>
    findings.push({ check, severity: 'error', object: self.name, message, mend })
  if (self.superuser)
    add(
      'superuser',
      'The application connects as a superuser, who is above all policies.',
      `ALTER ROLE ${role} NOSUPERUSER`,
    )
  else if (self.bypasses)
    add('bypassrls', 'The application connects as a role that bypasses policies.', `ALTER ROLE ${role} NOBYPASSRLS`)
  if (self.superuser) return findings
  for (const other of self.above)
    add(
      'role-bypasses',
      `The application can become ${other}, which is above all policies.`,
      `REVOKE ${identifier(other)} FROM ${role}`,
    )
  for (const other of self.inherited)
    add(
      'role-inherited',
      `The application inherits from ${other}, so that the policies for ${other} apply to every one of its statements.`,
      self.version >= 160_000
        ? `GRANT ${identifier(other)} TO ${role} WITH INHERIT FALSE`
        : `ALTER ROLE ${role} NOINHERIT`,
    )
  return findings
}

function isDeclared({ schema, name }: catalogue.TableRow, declared: readonly ProtectedModel[]): boolean {
  return declared.some(({ model }) => model.table === name && (model.schema ?? schema) === schema)
}

function tableFindings(table: catalogue.TableRow, declared: boolean): Finding[] {
  const name = identifier(table.schema, table.name)
  const object = `${table.schema}.${table.name}`
  if (!table.enabled) {
    if (!declared && !table.policies) return []
    const message = 'Policies are declared for it, and row-level security is off.'
    return [{ check: 'not-enabled', severity: 'error', object, message, mend: protectTable(name) }]
  }
  const findings: Finding[] = []
  if (!table.forced)
    findings.push({
      check: 'not-forced',
      severity: table.owned ? 'error' : 'warning',
      object,
      message: table.owned
        ? 'The application acts as the owner of the table, who is above its policies.'
        : 'The owner of the table is above its policies.',
      mend: `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`,
    })
  if (!table.policies)
    findings.push({
      check: 'no-policies',
      severity: 'warning',
      object,
      message: 'Row-level security is on and there is no policy: nobody sees a row.',
      mend: `CREATE POLICY <name> ON ${name} USING (<condition>)`,
    })
  return findings
}

function missingPolicies(
  declared: readonly ProtectedModel[],
  tables: readonly catalogue.TableRow[],
  present: readonly catalogue.PolicyRow[],
): Finding[] {
  return declared.flatMap(({ model, policies }) => {
    const table = tables.find((each) => each.name === model.table && each.schema === (model.schema ?? each.schema))
    if (table === undefined) return []
    const missing = (policy: Policy) =>
      !present.some((each) => each.schema === table.schema && each.table === table.name && each.name === policy.name)
    return policies.filter(missing).map(
      (policy): Finding => ({
        check: 'policy-missing',
        severity: 'error',
        object: `${policy.name} on ${table.schema}.${table.name}`,
        message: 'The schema declares the policy, and the database has none of that name.',
        mend: createPolicy(identifier(table.schema, table.name), policy),
      }),
    )
  })
}

function policyFindings(policy: catalogue.PolicyRow, tables: readonly catalogue.TableRow[]): Finding[] {
  const table = identifier(policy.schema, policy.table)
  const object = `${policy.name} on ${policy.schema}.${policy.table}`
  const alter = `ALTER POLICY ${identifier(policy.name)} ON ${table}`
  const findings: Finding[] = []
  const clauses = [['USING', policy.using] as const, ['WITH CHECK', policy.check] as const]
  for (const [clause, sql] of clauses) {
    if (sql === null) continue
    const mended = unwrapped(sql, policy.functions)
    if (mended !== undefined)
      findings.push({
        check: 'function-unwrapped',
        severity: 'warning',
        object,
        message: `A function of the context is called for every row in ${clause}, and keeps the index from use.`,
        mend: `${alter} ${clause} (${mended})`,
      })
    if (policy.permissive && policy.applies && always(sql))
      findings.push({
        check: 'policy-always-true',
        severity: 'warning',
        object,
        message: `${clause} is always true, so that no other permissive policy for ${policy.command} counts.`,
        mend: `${alter} ${clause} (<condition>)`,
      })
  }
  const columns = tables.find((each) => each.schema === policy.schema && each.name === policy.table)
  for (const column of columns?.unindexed ?? [])
    if (comparesWithContext(policy.using, column))
      findings.push({
        check: 'policy-without-index',
        severity: 'warning',
        object,
        message: `No index begins with ${column}, which the policy compares with the context.`,
        mend: `CREATE INDEX CONCURRENTLY ON ${table} (${identifier(column)})`,
      })
  return findings
}

/** In the form in which PostgreSQL prints a policy: `(owner_id = ( SELECT current_user_id() AS current_user_id))`. */
function comparesWithContext(using: string | null, column: string): boolean {
  if (using === null) return false
  const names = [column, identifier(column)].map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const name = `\\(?(?:${names.join('|')})\\)?(?:::[\\w ]+)?`
  const call = String.raw`\(* ?(?:SELECT )?\(?(?:[\w"]+\.)?(?:current_(?:user|tenant)_id\(\)|current_setting\()`
  return new RegExp(`(?<![\\w".])${name} = ${call}|AS \\w+\\)\\)? = ${name}(?![\\w"])`).test(using)
}

function volatileFinding({ schema, table, policy, name, builtin }: catalogue.VolatileRow): Finding {
  return {
    check: 'function-volatile',
    severity: 'warning',
    object: `${policy} on ${schema}.${table}`,
    message: `The policy calls ${name}, which is volatile: PostgreSQL calls it for every row, before any index is used.`,
    mend: builtin
      ? `ALTER POLICY ${identifier(policy)} ON ${identifier(schema, table)} USING (<condition without ${name}>)`
      : `ALTER FUNCTION ${name} STABLE`,
  }
}

/** The schema says that what the view tells is for everyone. */
function isPublic({ materialized, name, schema: own }: catalogue.ViewRow, schema: SchemaMeta | undefined): boolean {
  return (
    materialized &&
    Object.values(schema?.models ?? {}).some(
      (model) =>
        model.table === name &&
        (model.schema === undefined || model.schema === own) &&
        annotationsOf(annotations.viewMaterialized, model).some((each) => each.public),
    )
  )
}

function viewFinding({ schema, name, materialized, table, grantee }: catalogue.ViewRow): Finding {
  const view = identifier(schema, name)
  const object = `${schema}.${name}`
  if (materialized)
    return {
      check: 'materialized-view',
      severity: 'warning',
      object,
      message: `It holds rows of ${table}, and a materialized view has no policies.`,
      mend: `REVOKE SELECT ON ${view} FROM PUBLIC, ${identifier(grantee)}`,
    }
  return {
    check: 'view-without-invoker',
    severity: 'error',
    object,
    message: `It reads ${table} as its owner, past the policies of whoever asks.`,
    mend: `ALTER VIEW ${view} SET (security_invoker = true)`,
  }
}

function partitionFinding({ schema, name, table, grantee }: catalogue.PartitionRow): Finding {
  return {
    check: 'partition-open',
    severity: 'error',
    object: `${schema}.${name}`,
    message: `It holds rows of ${table}, whose policies do not count for who asks the partition itself.`,
    mend: `REVOKE ALL ON ${identifier(schema, name)} FROM PUBLIC, ${identifier(grantee)}`,
  }
}
