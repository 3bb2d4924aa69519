/**
 * How many rounds a property or race test runs: the first number in `npm test`, the second with `--full` (in CI).
 */
export function rounds(usual: number, full: number): number {
  return process.env.SUBSTRATA_TEST_ROUNDS === 'full' ? full : usual
}
