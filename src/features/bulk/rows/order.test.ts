import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { rounds, seed } from '../../../../test/rounds.ts'
import { ordered } from './order.ts'

/** As plain as can be: what the fast way has to agree with. */
function sorted(keys: readonly string[]): number[] {
  return keys.map((_, i) => i).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b))
}

const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.nat(500).map((n) => `user-${n}@example.com`),
  fc.tuple(fc.nat(9), fc.nat(9)).map((parts) => parts.join('\0')),
  fc.constantFrom('', 'ä', 'z', '😀', '\u{FFFF}', 'user-'),
)

it('agrees with a plain sort, for keys of any kind, many or few', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 1_000, size: 'max' }), (keys) => {
      expect([...ordered(keys)]).toEqual(sorted(keys))
    }),
    { numRuns: rounds(60, 600), seed },
  )
})

it('keeps what is in order, and finds the way through keys that begin alike', () => {
  const ascending = Array.from({ length: 2_000 }, (_, i) => `key ${String(i).padStart(5, '0')}`)
  expect([...ordered(ascending)]).toEqual(ascending.map((_, i) => i))
  const long = Array.from({ length: 2_000 }, (_, i) => `${'x'.repeat(40)}${(i * 7_919) % 2_000}${'y'.repeat(40)}`)
  expect([...ordered(long)]).toEqual(sorted(long))
  const same = Array.from({ length: 1_000 }, () => 'same')
  expect([...ordered([...same, 'a'])]).toEqual([1_000, ...same.map((_, i) => i)])
})
