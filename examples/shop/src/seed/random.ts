/**
 * The random numbers of one row: the same on every machine and in every run for each (seed, name, index). Because they depend on
 * nothing else, rows can be made in any order and in batches of any size, and a row can be made again instead of being kept.
 *
 * Generator: mulberry32 (Tommy Ettinger, public domain), started from a MurmurHash3 finalizer over the arguments. A class, since
 * a seed makes millions of them.
 */
export class Random {
  #state: number

  constructor(seed: number, name: string, index: number) {
    this.#state = mix(mix(seed ^ hash(name)) + Math.imul(index, 0x9e3779b9) + Math.floor(index / 2 ** 32))
  }

  /** A number in [0, 1). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.unit() * below)
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1)
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
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
