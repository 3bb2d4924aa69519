/** True in CI and under `npm test -- --full`. Tests that cost much and fail seldom run only then: `it.runIf(full)(…)`. */
export const full = process.env.SUBSTRATA_TEST_ROUNDS === 'full'

/**
 * How many rounds a property or race test runs: the first number in `npm test`, the second with `--full` (in CI).
 */
export function rounds(usual: number, complete: number): number {
  return full ? complete : usual
}
