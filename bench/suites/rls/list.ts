import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openTenants, openWithoutPolicies } from './open.ts'
import { checkPage, type Invoice, PAGE, type Question, questions } from './rows.ts'

const page = { orderBy: { number: 'desc' as const }, take: PAGE }

/** Twenty invoices of one tenant out of a hundred: the tenant by its policy, or by hand. */
export async function prepare(
  { url }: BenchDatabase,
  { wall }: CaseOptions,
): Promise<PreparedCase<Question, Invoice[]>> {
  if (wall === 'policy') {
    const tenants = await openTenants(url)
    return {
      input: questions(),
      run: ({ tenantId, number }) =>
        tenants.of(tenantId).invoice.findMany({ where: { number: { lt: number } }, ...page }),
      check: checkPage,
      close: () => tenants.close(),
    }
  }
  const db = await openWithoutPolicies(url)
  return {
    input: questions(),
    run: ({ tenantId, number }) => db.invoice.findMany({ where: { tenantId, number: { lt: number } }, ...page }),
    check: checkPage,
    close: () => db.$close(),
  }
}
