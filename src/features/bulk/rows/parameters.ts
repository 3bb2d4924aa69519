import type { WireValue } from '../../../pg/statement.ts'

/** The values of a statement under construction. */
export interface Parameters {
  readonly values: WireValue[]
  /** Adds one and returns its placeholder. */
  readonly add: (value: WireValue) => string
}

export function parametersAfter(first: readonly WireValue[]): Parameters {
  const values = [...first]
  return { values, add: (value) => `$${values.push(value)}` }
}
