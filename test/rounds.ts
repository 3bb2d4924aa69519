/** True in CI and under `npm test -- --full`. Tests that cost much and fail seldom run only then: `it.runIf(full)(…)`. */
export const full = process.env.SUBSTRATA_TEST_ROUNDS === 'full'

/**
 * How many rounds a property or race test runs: the first number in `npm test`, the second with `--full` (in CI).
 */
export function rounds(usual: number, complete: number): number {
  return full ? complete : usual
}

/** All of a list in full rounds, otherwise every `nth` of it. */
export function sample<T>(list: readonly T[], nth: number): T[] {
  return list.filter((_, i) => full || i % nth === 0)
}

/**
 * Where random tests begin: the same everywhere, so that a red run is red again, or what SUBSTRATA_TEST_SEED says.
 * `npm run fuzz` looks further.
 */
export const seed = Number(process.env.SUBSTRATA_TEST_SEED ?? 20_261_122)
