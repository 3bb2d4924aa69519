import type { BenchDatabase, CaseOptions, PreparedCase } from '../../harness/suite.ts'
import { openPrisma, openTenants, openWithoutPolicies } from './open.ts'
import { checkInvoice, type Invoice, invoice, type Question, questions } from './rows.ts'

type Prepared = PreparedCase<Question, Invoice | null>

const id = ({ tenantId, number }: Question) => ({ id: invoice(tenantId, number).id })

export function prepare({ url }: BenchDatabase, { wall }: CaseOptions): Promise<Prepared> {
  if (wall === 'recipe') return recipe(url)
  return wall === 'none' ? none(url) : policy(url, wall === 'policy')
}

async function policy(url: string, kept: boolean): Promise<Prepared> {
  const tenants = await openTenants(url, kept)
  return {
    input: questions(),
    run: (asked) => tenants.of(asked.tenantId).invoice.findFirst({ where: id(asked) }),
    check: checkInvoice,
    close: () => tenants.close(),
  }
}

async function none(url: string): Promise<Prepared> {
  const db = await openWithoutPolicies(url)
  return {
    input: questions(),
    run: (asked) => db.invoice.findFirst({ where: id(asked) }),
    check: checkInvoice,
    close: () => db.$close(),
  }
}

/** https://github.com/prisma/prisma-client-extensions/tree/main/row-level-security */
async function recipe(url: string): Promise<Prepared> {
  const prisma = openPrisma(url)
  return {
    input: questions(),
    async run(asked) {
      const [, found] = await prisma.$transaction([
        prisma.$executeRaw`SELECT set_config('app.tenant_id', ${`${asked.tenantId}`}, TRUE)`,
        prisma.invoice.findFirst({ where: id(asked) }),
      ])
      return found
    },
    check: checkInvoice,
    close: () => prisma.$disconnect(),
  }
}
