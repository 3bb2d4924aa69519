import type { ContextInput } from '../../core/context.ts'
import type { SchemaMeta } from '../../schema/index.ts'
import * as catalogue from './catalogue.ts'
import type { PolicyCommand } from './protection.ts'

export interface ExplainedPolicy {
  readonly name: string
  /** The roles that it is for. */
  readonly to: readonly string[]
  /** As PostgreSQL prints it. */
  readonly condition: string
}

/** What one command needs: one of `permits` and all of `restricts`. With nothing that permits it is denied. */
export interface ExplainedCommand {
  /** Which rows are found. */
  readonly rows?: { readonly permits: readonly ExplainedPolicy[]; readonly restricts: readonly ExplainedPolicy[] }
  /** Which rows may be written. */
  readonly written?: { readonly permits: readonly ExplainedPolicy[]; readonly restricts: readonly ExplainedPolicy[] }
}

/** Who is asking, and which policies of a table apply. */
export interface Explanation {
  readonly role: string
  readonly userId: string | null
  readonly tenantId: string | null
  /** Why policies do not count at all; absent where they do. */
  readonly bypassed?: 'superuser' | 'BYPASSRLS' | 'owner without FORCE' | 'not enabled'
  readonly select: ExplainedCommand
  readonly insert: ExplainedCommand
  readonly update: ExplainedCommand
  readonly delete: ExplainedCommand
}

/** As much of a client as an explanation needs. */
interface AskingClient {
  $as(context: ContextInput): { $queryRawUnsafe(sql: string): PromiseLike<unknown> }
}

interface State {
  readonly role: string
  readonly userId: string | null
  readonly tenantId: string | null
  readonly superuser: boolean
  readonly bypasses: boolean
  readonly tables: readonly catalogue.TableRow[]
  readonly policies: readonly catalogue.PolicyRow[]
}

/**
 * Explains which policies of a model apply to a context, as the database has them.
 *
 * @throws TypeError for a name that is no model's
 */
export async function explainPolicies(
  db: AskingClient,
  schema: SchemaMeta,
  model: string,
  context: ContextInput,
): Promise<Explanation> {
  const meta = schema.models[model]
  if (meta === undefined) throw new TypeError(`there is no model ${model}`)
  const rows = (await db.$as(context).$queryRawUnsafe(question)) as readonly { readonly state: State }[]
  const { role, userId, tenantId, superuser, bypasses, tables, policies } = rows[0]!.state
  const table = tables.find((each) => each.name === meta.table && each.schema === (meta.schema ?? each.schema))
  const own = policies.filter((each) => each.applies && each.table === table?.name && each.schema === table.schema)
  const bypassed = reasonToBypass(table, superuser, bypasses)
  return {
    role,
    userId,
    tenantId,
    ...(bypassed && { bypassed }),
    select: { rows: found(own, 'select') },
    insert: { written: written(own, 'insert') },
    update: { rows: found(own, 'update'), written: written(own, 'update') },
    delete: { rows: found(own, 'delete') },
  }
}

const question = `
  SELECT json_build_object(
    'role', current_user, 'userId', nullif(current_setting('app.user_id', true), ''),
    'tenantId', nullif(current_setting('app.tenant_id', true), ''),
    'superuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
    'bypasses', (SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user),
    'tables', (SELECT json_agg(q) FROM (${catalogue.tables}) q),
    'policies', (SELECT coalesce(json_agg(q), '[]') FROM (${catalogue.policies}) q)) AS state`

function reasonToBypass(
  table: catalogue.TableRow | undefined,
  superuser: boolean,
  bypasses: boolean,
): Explanation['bypassed'] {
  if (superuser) return 'superuser'
  if (bypasses) return 'BYPASSRLS'
  if (!table?.enabled) return 'not enabled'
  return table.owned && !table.forced ? 'owner without FORCE' : undefined
}

/** @see https://www.postgresql.org/docs/current/sql-createpolicy.html#SQL-CREATEPOLICY-SUMMARY */
function found(policies: readonly catalogue.PolicyRow[], command: PolicyCommand) {
  return split(policies, command, ({ using }) => using)
}

/** Where a policy has no check of its own, its condition for rows that are found is also the one for rows that are written. */
function written(policies: readonly catalogue.PolicyRow[], command: PolicyCommand) {
  return split(policies, command, ({ using, check }) => check ?? using)
}

function split(
  policies: readonly catalogue.PolicyRow[],
  command: PolicyCommand,
  condition: (policy: catalogue.PolicyRow) => string | null,
) {
  const explained = (permissive: boolean) =>
    policies
      .filter((each) => each.permissive === permissive && (each.command === command || each.command === 'all'))
      .map((each): ExplainedPolicy => ({ name: each.name, to: each.roles, condition: condition(each) ?? 'true' }))
  return { permits: explained(true), restricts: explained(false) }
}
