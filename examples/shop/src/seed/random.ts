/** Numbers that are the same on every machine and in every run: a stream of them for each (seed, name, index). */
export interface Random {
  /** A number in [0, 1). */
  unit(): number
  /** A whole number in [0, below). */
  below(below: number): number
  /** A whole number in [from, to]. */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
}

/**
 * The stream of one row. Because it depends on nothing but its arguments, rows can be made in any order and in batches of
 * any size, and a row can be asked for again instead of being kept.
 *
 * Generator: mulberry32 (Tommy Ettinger, public domain), started from a MurmurHash3 finalizer over the arguments.
 */
export function randomFor(seed: number, name: string, index: number): Random {
  let state = mix(mix(seed ^ hash(name)) + Math.imul(index, 0x9e3779b9) + Math.floor(index / 2 ** 32))
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(unit() * limit)
  return {
    unit,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => unit() < probability,
    pick: (list) => list[below(list.length)] ?? list[0],
  }
}

const hashes = new Map<string, number>()

function hash(name: string): number {
  let value = hashes.get(name)
  if (value === undefined) {
    value = 0x811c9dc5
    for (const character of name) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193)
    hashes.set(name, value)
  }
  return value
}

function mix(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}
