/**
 * The parameters of a statement under construction. A parameter is not a value but the way to one: the path through the
 * call's arguments and the codec that writes it, so that the finished plan serves every call of its shape.
 */
import type { Arguments } from './call.ts'
import { uncovered } from './uncovered.ts'

/** Property names and list positions from a call's arguments down to a value. */
export type Path = readonly (string | number)[]

/** Writes a value in PostgreSQL's text format. Throws Uncovered for one that is not this codec's. */
export type Encode = (value: unknown) => string | null

interface Parameter {
  readonly path: Path
  readonly encode: Encode
}

/** Collects parameters while SQL is written. */
export class Parameters {
  readonly #parameters: Parameter[] = []

  /** Registers a parameter and returns its placeholder, `$1`. */
  add(path: Path, encode: Encode): string {
    // PostgreSQL's wire format counts parameters in 16 bits.
    if (this.#parameters.length === 65_535) uncovered('too many parameters')
    this.#parameters.push({ path, encode })
    return `$${this.#parameters.length}`
  }

  /** The finished reader: a call's arguments to the statement's values. */
  binder(): (args: Arguments) => (string | null)[] {
    const parameters = this.#parameters
    return (args) => parameters.map(({ path, encode }) => encode(read(args, path)))
  }
}

function read(args: unknown, path: Path): unknown {
  let value = args
  for (const step of path) value = (value as Record<string | number, unknown>)[step]
  return value
}
