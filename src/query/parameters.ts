/**
 * The parameters of a statement under construction. A parameter is not a value but the way to one: the path through the
 * call's arguments and the codec that writes it, or what makes it, so that the finished plan serves every call of its shape.
 */
import type { Arguments } from './call.ts'
import { uncovered } from './uncovered.ts'

/** Property names and list positions from a call's arguments down to a value. */
export type Path = readonly (string | number)[]

/** Writes a value in PostgreSQL's text format. Throws Uncovered for one that is not this codec's. */
export type Encode = (value: unknown) => string | null

/** Makes a value when a call is bound; `now` is the same for all values of one call. */
export type Produce = (args: Arguments, now: Instant) => string | null

/** The moment of a call, taken when it is first asked for. */
export interface Instant {
  readonly iso: () => string
}

/** Collects parameters while SQL is written. */
export class Parameters {
  readonly #parameters: Produce[] = []
  readonly #before: number

  /** @param first - The number of the first one, where the statement has parameters of its own before. */
  constructor(first = 1) {
    this.#before = first - 1
  }

  /** Registers a value of the arguments and returns its placeholder, `$1`. */
  add(path: Path, encode: Encode): string {
    return this.make(reader(path, encode))
  }

  /** Registers a value that is made for each call, and returns its placeholder. */
  make(produce: Produce): string {
    // PostgreSQL's wire format counts parameters in 16 bits.
    if (this.#parameters.length === 65_535) uncovered('too many parameters')
    this.#parameters.push(produce)
    return `$${this.#before + this.#parameters.length}`
  }

  /** The finished reader: a call's arguments to the statement's values. */
  binder(): (args: Arguments) => (string | null)[] {
    const parameters = this.#parameters
    return (args) => {
      const now = instant()
      const values = new Array<string | null>(parameters.length)
      for (let i = 0; i < parameters.length; i++) values[i] = parameters[i]!(args, now)
      return values
    }
  }
}

/** The moment at which it is first asked. */
export function instant(): Instant {
  let iso: string | undefined
  return { iso: () => (iso ??= new Date().toISOString()) }
}

function reader(path: Path, encode: Encode): Produce {
  // Most values are two steps down (`where.id`), which a loop would make twice as slow.
  const [first, second] = path
  if (path.length === 2) return (args) => encode((args as Nested)[first!]![second!])
  return (args) => encode(valueAt(args, path))
}

type Nested = Readonly<Record<string | number, Readonly<Record<string | number, unknown>>>>

/** The value at a path of the arguments. */
export function valueAt(args: unknown, path: Path): unknown {
  let value = args
  for (const step of path) value = (value as Record<string | number, unknown>)[step]
  return value
}
