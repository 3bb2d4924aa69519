import type { PendingCall } from '../../client/feature.ts'
import type { FeatureFactory } from '../../client/index.ts'
import { explainDenied } from './denied.ts'
import { contextMissing, roleNotAllowed, rowSecurityVoid } from './errors.ts'
import { refuseHidden, refuseHiddenEnd } from './hidden.ts'
import { checkRowSecurity } from './probe.ts'
import { modelsApart, policyRoles, protectedModels } from './protection.ts'
import { touchedModels } from './touched.ts'

/** Row-level security on the client: what must not run without a context does not. Policies themselves are the database's. */
export const rowSecurity: FeatureFactory = (schema, { roles = [], checkRowSecurity: checks = true }) => {
  const guarded = protectedModels(schema)
  if (guarded.size === 0) return undefined
  const allowed = new Set([...policyRoles(guarded), ...roles])
  const apart = modelsApart(schema, guarded)
  const hasTenants = [...guarded.values()].some(({ tenant }) => tenant !== undefined)

  function admit({ model, name, args, context, unprotected }: PendingCall): void {
    if (unprotected !== undefined) return
    if (context !== undefined && (context.tenantId !== undefined || !hasTenants)) return
    const operation = model === undefined ? `$${name}` : `${model}.${name}`
    if (model === undefined) {
      if (context === undefined) throw contextMissing({ operation, model, needs: 'any' })
      return
    }
    for (const touched of touchedModels(schema, model, args)) {
      const found = guarded.get(touched)
      if (found === undefined) continue
      if (context === undefined) throw contextMissing({ operation, model: touched, needs: 'any' })
      if (found.tenant) throw contextMissing({ operation, model: touched, needs: 'tenantId' })
    }
  }

  return {
    name: 'rls',
    alwaysContext: true,
    concerns: (model) => !apart.has(model),
    async start(ask) {
      const findings = checks ? await checkRowSecurity(ask, schema) : []
      const errors = findings.filter(({ severity }) => severity === 'error')
      if (errors.length > 0) throw rowSecurityVoid({ findings: errors })
    },
    admitContext({ role }) {
      if (role !== undefined && !allowed.has(role)) throw roleNotAllowed({ allowed: [...allowed].sort() })
    },
    admit,
    inspector(call) {
      const { model, args, dataPath } = call
      const meta = model === undefined ? undefined : schema.models[model]
      if (!meta || !(args.select ?? args.include)) return undefined
      if (dataPath.length > 0) return (answer) => refuseHiddenEnd(schema, guarded, meta, call, answer)
      return (answer) => refuseHidden(schema, guarded, meta, args, answer)
    },
    explain: (failed) => explainDenied(schema, failed),
  }
}
