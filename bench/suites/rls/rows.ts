/** A hundred tenants with ten thousand invoices each. Every value follows from the tenant and the number. */
import { deepEqual } from 'node:assert/strict'

export const TENANTS = 100
export const INVOICES = 10_000
export const PAGE = 20

export interface Invoice {
  id: number
  tenantId: number
  number: number
  customer: string
  cents: number
  issuedAt: Date
}

/** 2025-01-01 00:00 UTC; invoice `number` was issued `number` minutes later. */
const START = Date.UTC(2025, 0, 1)

/** Writes the rows; as SQL for a session above the policies. The tenants lie mixed, as they do when all of them write. */
export const SEED = `
INSERT INTO invoices (tenant_id, number, customer, cents, issued_at)
SELECT tenant, number, 'Customer ' || number % 997, number % 9973, timestamptz '2025-01-01 00:00Z' + number * interval '1 minute'
  FROM generate_series(1, ${INVOICES}) number, generate_series(1, ${TENANTS}) tenant
 ORDER BY number, tenant`

export function invoice(tenantId: number, number: number): Invoice {
  return {
    id: (number - 1) * TENANTS + tenantId,
    tenantId,
    number,
    customer: `Customer ${number % 997}`,
    cents: number % 9973,
    issuedAt: new Date(START + number * 60_000),
  }
}

/** One invoice of one tenant. */
export interface Question {
  readonly tenantId: number
  readonly number: number
}

/** The same sequence in every process. */
export function questions(): () => Question {
  let state = 1
  const next = (limit: number) => {
    // Lehmer's generator (Park and Miller 1988): cheap enough to stand in a timed loop.
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
  return () => ({ tenantId: 1 + next(TENANTS), number: 1 + PAGE + next(INVOICES - PAGE) })
}

/** Throws unless the result is the invoice, with exactly its fields. */
export function checkInvoice(result: Invoice | null, { tenantId, number }: Question): void {
  deepEqual({ ...result }, invoice(tenantId, number))
}

/** Throws unless the result is the page of the tenant's invoices before this one, the latest first. */
export function checkPage(result: readonly Invoice[], { tenantId, number }: Question): void {
  const expected = Array.from({ length: PAGE }, (_, index) => invoice(tenantId, number - 1 - index))
  deepEqual(
    result.map((row) => ({ ...row })),
    expected,
  )
}
