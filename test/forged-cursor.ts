import { createHash } from 'node:crypto'

/** A cursor with other values in it, as anyone can make one where nothing is signed. */
export function forgedCursor(cursor: string | null, values: unknown): string {
  const head = Buffer.from(cursor!, 'base64url').subarray(0, 14)
  const body = Buffer.concat([head, Buffer.from(JSON.stringify(values))])
  return Buffer.concat([body, createHash('sha256').update(body).digest().subarray(0, 16)]).toString('base64url')
}
