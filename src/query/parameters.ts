/**
 * The parameters of a statement under construction. A parameter is not a value but the way to one: the path through the
 * call's arguments and the codec that writes it, or what makes it, so that the finished plan serves every call of its shape.
 */
import type { Arguments } from './call.ts'
import { Uncovered, uncovered } from './uncovered.ts'

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
  readonly #paths: (Path | undefined)[] = []
  readonly #before: number

  /** @param first - The number of the first one, where the statement has parameters of its own before. */
  constructor(first = 1) {
    this.#before = first - 1
  }

  /** Registers a value of the arguments and returns its placeholder, `$1`. */
  add(path: Path, encode: Encode): string {
    const placeholder = this.make(reader(path, encode))
    this.#paths[this.#parameters.length - 1] = path
    return placeholder
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

  /** The argument whose value is not its codec's, where there is one. */
  faultIn(args: Arguments): Path | undefined {
    const fails = (produce: Produce) => {
      try {
        produce(args, instant())
        return false
      } catch (error) {
        return error instanceof Uncovered
      }
    }
    const index = this.#parameters.findIndex(fails)
    return index < 0 ? undefined : this.#paths[index]
  }
}

/** The moment at which it is first asked. */
export function instant(): Instant {
  let iso: string | undefined
  return { iso: () => (iso ??= new Date().toISOString()) }
}

function reader(path: Path, encode: Encode): Produce {
  // Most values are two steps down (`where.id`), which a loop would make twice as slow.
  if (path.length === 2) return twoStepsDown(path[0]!, path[1]!, encode)
  // Paths are made by spreading, which leaves room to grow; plans are kept, a thousand of them.
  const exact = path.slice()
  return (args) => encode(valueAt(args, exact))
}

type Step = string | number
type Nested = Readonly<Record<Step, Readonly<Record<Step, unknown>>>>

function twoStepsDown(first: Step, second: Step, encode: Encode): Produce {
  return (args) => encode((args as Nested)[first]![second])
}

/** The value at a path of the arguments. */
export function valueAt(args: unknown, path: Path): unknown {
  let value = args
  for (const step of path) value = (value as Record<string | number, unknown>)[step]
  return value
}
