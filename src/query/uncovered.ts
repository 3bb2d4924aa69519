/**
 * What the direct path does not cover goes the long way, to Prisma. Compiling and binding say so by throwing this; the
 * caller never sees it.
 */
export class Uncovered extends Error {
  override readonly name = 'Uncovered'
  /** Why, in a few stable words: it appears in events and in `$path`. */
  readonly reason: string
  /** The argument that is the cause, as a path from the call's arguments down, where compiling or binding knew it. */
  at: readonly (string | number)[] | undefined

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** Runs what compiles or binds one argument; what it throws says which. */
export function at<T>(path: readonly (string | number)[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Uncovered) error.at ??= path
    throw error
  }
}

/** Ends compiling or binding: this call is Prisma's. */
export function uncovered(reason: string): never {
  throw new Uncovered(reason)
}
