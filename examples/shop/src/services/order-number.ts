import { createHash } from 'node:crypto'

/**
 * The number of the order that a customer places under a key: `7K3M-9Q2X-4F6T-8H1B`. The same key gives the same number, so the
 * unique index on order numbers is what keeps a repeated request from ordering twice. 80 bits of a SHA-256, in base 32.
 */
export function orderNumberFor(customerId: string, idempotencyKey: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([customerId, idempotencyKey]))
    .digest('hex')
  const text = BigInt(`0x${digest.slice(0, 20)}`)
    .toString(32)
    .toUpperCase()
    .padStart(16, '0')
  return text.replace(/(.{4})(.{4})(.{4})/, '$1-$2-$3-')
}
