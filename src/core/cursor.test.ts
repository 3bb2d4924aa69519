import { describe, expect, it } from 'vitest'
import { createCursors, cursorScope } from './cursor.ts'
import { isSubstrataError } from './errors.ts'
import { secret } from './secret.ts'

const scope = cursorScope(['page', 'Post', 'createdAt'])
const other = cursorScope(['page', 'Post', 'title'])
const values = ['2026-01-01 00:00:00.000001+00', null, 'é"\\', '']
const key = secret('first key, which is long enough: yes')
const next = secret('next key, which is long enough too: yes')

const unsigned = createCursors({ cursorKeys: [], cursorTtl: 0 })
const signed = createCursors({ cursorKeys: [key], cursorTtl: 0 })
const expiring = createCursors({ cursorKeys: [key], cursorTtl: 60_000 })
const expired = createCursors({ cursorKeys: [key], cursorTtl: 1 })

function codeOf(read: () => unknown): string {
  try {
    read()
    return 'accepted'
  } catch (error) {
    return isSubstrataError(error) ? error.code : String(error)
  }
}

describe.each([
  ['unsigned', unsigned],
  ['signed', signed],
  ['expiring', expiring],
])('a cursor that is %s', (_, cursors) => {
  it('comes back as it was, in its own scope only', () => {
    for (const each of [values, [], ['1'], [null]]) {
      const cursor = cursors.write(scope, each)
      expect(cursor).toMatch(/^[\w-]+$/)
      expect(cursors.read(scope, cursor)).toEqual(each)
      expect(codeOf(() => cursors.read(other, cursor))).toBe('SUB_CURSOR_MISMATCH')
    }
  })

  it('is refused when anything of it is cut, altered, added or spelt differently', () => {
    const cursor = cursors.write(scope, values)
    const attacks = [
      '',
      'x',
      '=',
      `${cursor}=`,
      `${cursor}A`,
      ` ${cursor}`,
      `${cursor}\n`,
      'é'.repeat(60),
      'A'.repeat(70_000),
    ]
    for (let end = 0; end < cursor.length; end++) attacks.push(cursor.slice(0, end))
    const bytes = Buffer.from(cursor, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      attacks.push(altered.toString('base64url'))
    }
    for (const attack of attacks)
      expect(
        codeOf(() => cursors.read(scope, attack)),
        attack,
      ).toBe('SUB_CURSOR_INVALID')
    for (const attack of [undefined, null, 1, {}, [cursor]])
      expect(codeOf(() => cursors.read(scope, attack))).toBe('SUB_CURSOR_INVALID')
  })
})

it('is accepted by whoever has its key among theirs, and by nobody else', () => {
  const cursor = signed.write(scope, values)
  const rotated = createCursors({ cursorKeys: [next, key], cursorTtl: 0 })
  expect(rotated.read(scope, cursor)).toEqual(values)
  expect(codeOf(() => signed.read(scope, rotated.write(scope, values)))).toBe('SUB_CURSOR_INVALID')
  expect(codeOf(() => unsigned.read(scope, cursor))).toBe('SUB_CURSOR_INVALID')
  expect(codeOf(() => signed.read(scope, unsigned.write(scope, values)))).toBe('SUB_CURSOR_INVALID')
})

it('expires, also where it was given out before cursors did', async () => {
  const cursor = expired.write(scope, values)
  await expect.poll(() => codeOf(() => expired.read(scope, cursor))).toBe('SUB_CURSOR_EXPIRED')
  expect(codeOf(() => expiring.read(scope, signed.write(scope, values)))).toBe('SUB_CURSOR_EXPIRED')
})

it('shows no key', () => {
  expect(codeOf(() => signed.read(scope, 'x'))).not.toContain('first key')
  expect(JSON.stringify(key)).toBe('"[secret]"')
})
