import { equal } from 'node:assert/strict'
import { startProxy } from 'substrata/testing'
import type { BenchDatabase, PreparedCase } from '../../harness/suite.ts'
import { openTenants } from './open.ts'
import { checkInvoice, invoice, type Question, questions } from './rows.ts'

/** What a read in a context costs in round trips, counted on the wire. */
export async function prepare({ url }: BenchDatabase): Promise<PreparedCase<Question, number>> {
  const { hostname, port } = new URL(url)
  const proxy = await startProxy({ host: hostname, port: Number(port) })
  const tenants = await openTenants(proxy.urlThrough(url))
  return {
    input: questions(),
    async run(asked) {
      const before = proxy.roundTrips
      const { id } = invoice(asked.tenantId, asked.number)
      checkInvoice(await tenants.of(asked.tenantId).invoice.findFirst({ where: { id } }), asked)
      return proxy.roundTrips - before
    },
    // A connection may still be making itself known under the first of them.
    check: (trips) => equal(Number.isInteger(trips) && trips > 0, true),
    async close() {
      await tenants.close()
      await proxy[Symbol.asyncDispose]()
    },
  }
}
