/**
 * Rows in the order of their keys. Any two calls lock the rows that they share in the same order, so neither waits for the
 * other in a circle; and neighbours in an index are written together.
 */

/** Below this a plain sort is faster. */
const SMALL = 256
/** Bits of a double that are whole numbers. */
const BITS = 53
/** Bits per character; whatever is not ASCII counts as the highest and is compared again. */
const CHARACTER = 7
const HIGHEST = 2 ** CHARACTER - 1

/** The positions of `keys` in ascending order of the keys; equal keys keep theirs. */
export function ordered(keys: readonly string[]): Uint32Array {
  const positions = Uint32Array.from(keys, (_, i) => i)
  if (isAscending(keys)) return positions
  const compare = (a: number, b: number) => compareTexts(keys[a]!, keys[b]!) || a - b
  return keys.length < SMALL ? positions.sort(compare) : sortByBeginnings(keys, compare)
}

/**
 * Sorts numbers instead of texts: each holds the first characters after what all keys begin with, and the position. What is
 * equal there is compared as text.
 */
function sortByBeginnings(keys: readonly string[], compare: (a: number, b: number) => number): Uint32Array {
  const positionBits = Math.ceil(Math.log2(keys.length))
  const characters = Math.floor((BITS - positionBits) / CHARACTER)
  const shift = 2 ** positionBits
  const start = commonBeginning(keys)
  const numbers = new Float64Array(keys.length)
  for (let i = 0; i < keys.length; i++) numbers[i] = beginningOf(keys[i]!, start, characters) * shift + i
  numbers.sort()
  const positions = new Uint32Array(keys.length)
  for (let i = 0; i < keys.length; i++) positions[i] = numbers[i]! % shift
  for (let from = 0; from < numbers.length; ) {
    const beginning = Math.floor(numbers[from]! / shift)
    let to = from + 1
    while (to < numbers.length && Math.floor(numbers[to]! / shift) === beginning) to++
    if (to - from > 1) positions.subarray(from, to).sort(compare)
    from = to
  }
  return positions
}

function beginningOf(key: string, start: number, characters: number): number {
  let beginning = 0
  let isHigh = false
  for (let at = start; at < start + characters; at++) {
    // Past the end of a key comes zero, which no text of PostgreSQL holds.
    const code = at < key.length ? key.charCodeAt(at) : 0
    // Behind what is not told apart nothing else may decide.
    isHigh ||= code >= HIGHEST
    beginning = beginning * 2 ** CHARACTER + (isHigh ? HIGHEST : code)
  }
  return beginning
}

function commonBeginning(keys: readonly string[]): number {
  const first = keys[0]!
  let length = first.length
  for (const key of keys) {
    let same = 0
    while (same < length && key.charCodeAt(same) === first.charCodeAt(same)) same++
    length = same
  }
  return length
}

function isAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if (compareTexts(keys[i - 1]!, keys[i]!) > 0) return false
  return true
}

/** By code units: the same everywhere, whatever the locale. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
