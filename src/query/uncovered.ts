/**
 * What the direct path does not cover goes the long way, to Prisma. Compiling and binding say so by throwing this; the
 * caller never sees it.
 */
export class Uncovered extends Error {
  override readonly name = 'Uncovered'
  /** Why, in a few stable words: it appears in events and in `$path`. */
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** Ends compiling or binding: this call is Prisma's. */
export function uncovered(reason: string): never {
  throw new Uncovered(reason)
}
