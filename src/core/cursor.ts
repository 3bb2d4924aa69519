/**
 * Cursors: a position in a list, opaque to whoever is given it. A cursor names its version, is bound to a scope (which list, in
 * which order, for whom), may expire, and ends with a tag over all of it: an HMAC where there is a key, else a checksum.
 *
 *     version 1 · flags 1 · scope 12 · expiry 6, in milliseconds, if flagged · values as JSON · tag 16
 *
 * What it holds is signed, not hidden: the values of the order's fields can be read out of it.
 */
import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { cursorExpired, cursorInvalid, cursorMismatch } from './cursor-errors.ts'
import type { Secret } from './secret.ts'

const VERSION = 1
const SIGNED = 1
const EXPIRES = 2
const SCOPE_BYTES = 12
const EXPIRY_BYTES = 6
const TAG_BYTES = 16
const HEAD_BYTES = 2 + SCOPE_BYTES
/** No list is ordered by values of this length; what is longer is not looked at. */
const LONGEST = 64 * 1024

export interface CursorConfig {
  /** The first one signs, all of them are accepted. None: cursors carry a checksum, which anyone can make. */
  readonly cursorKeys: readonly Secret[]
  /** Milliseconds for which a cursor is accepted; 0 for ever. */
  readonly cursorTtl: number
}

/** The values of a position as text, null where they are. */
export type CursorValues = readonly (string | null)[]

export interface Cursors {
  write(scope: Buffer, values: CursorValues): string
  /** @throws SUB_CURSOR_INVALID, SUB_CURSOR_MISMATCH, SUB_CURSOR_EXPIRED */
  read(scope: Buffer, cursor: unknown): CursorValues
}

/** What a cursor is bound to, from anything that must be the same when it comes back. */
export function cursorScope(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, SCOPE_BYTES)
}

export function createCursors({ cursorKeys, cursorTtl }: CursorConfig): Cursors {
  const keys = cursorKeys.map((key) => createSecretKey(key.reveal(), 'utf8'))
  const tags = keys.map(
    (key) => (body: Buffer) => createHmac('sha256', key).update(body).digest().subarray(0, TAG_BYTES),
  )
  if (tags.length === 0) tags.push((body) => createHash('sha256').update(body).digest().subarray(0, TAG_BYTES))
  const signed = keys.length > 0 ? SIGNED : 0

  return {
    write(scope, values) {
      const head = [Buffer.of(VERSION, signed | (cursorTtl > 0 ? EXPIRES : 0)), scope]
      if (cursorTtl > 0) head.push(expiry(Date.now() + cursorTtl))
      const body = Buffer.concat([...head, Buffer.from(JSON.stringify(values))])
      return Buffer.concat([body, tags[0]!(body)]).toString('base64url')
    },
    read(scope, cursor) {
      const bytes = decode(cursor)
      if (bytes[0] !== VERSION) throw cursorInvalid({ fault: 'is of another version' })
      const body = bytes.subarray(0, -TAG_BYTES)
      const tag = bytes.subarray(-TAG_BYTES)
      const flags = body[1]!
      if ((flags & SIGNED) !== signed || !tags.some((make) => timingSafeEqual(make(body), tag)))
        throw cursorInvalid({ fault: 'was altered, or signed with another key' })
      if (!timingSafeEqual(body.subarray(2, HEAD_BYTES), scope)) throw cursorMismatch({})
      if ((flags & EXPIRES) === 0) {
        if (cursorTtl > 0) throw cursorExpired({})
        return parse(body.subarray(HEAD_BYTES))
      }
      if (body.length < HEAD_BYTES + EXPIRY_BYTES) throw cursorInvalid({ fault: 'is cut' })
      if (body.readUIntBE(HEAD_BYTES, EXPIRY_BYTES) < Date.now()) throw cursorExpired({})
      return parse(body.subarray(HEAD_BYTES + EXPIRY_BYTES))
    },
  }
}

function decode(cursor: unknown): Buffer {
  if (typeof cursor !== 'string') throw cursorInvalid({ fault: 'is not a string' })
  if (cursor.length > LONGEST) throw cursorInvalid({ fault: 'is too long' })
  const bytes = Buffer.from(cursor, 'base64url')
  // Node reads other alphabets, and skips what is in none; a cursor has one spelling.
  if (bytes.toString('base64url') !== cursor) throw cursorInvalid({ fault: 'is not in the alphabet of cursors' })
  if (bytes.length < HEAD_BYTES + TAG_BYTES) throw cursorInvalid({ fault: 'is cut' })
  return bytes
}

function parse(text: Buffer): CursorValues {
  try {
    const values: unknown = JSON.parse(text.toString())
    if (Array.isArray(values) && values.every((value) => value === null || typeof value === 'string')) return values
  } catch {
    // Not JSON: told below.
  }
  throw cursorInvalid({ fault: 'holds no position' })
}

function expiry(at: number): Buffer {
  const bytes = Buffer.alloc(EXPIRY_BYTES)
  bytes.writeUIntBE(at, 0, EXPIRY_BYTES)
  return bytes
}
