/** How many rows go into one statement. */

/** Few enough that the server begins early, many enough that a statement's own cost is lost in them. */
export const PORTION = 10_000
/** Characters of one statement, about: far from what a text of JavaScript and a message of PostgreSQL can hold. */
const LARGEST = 32 * 1024 * 1024
/** Rows that are looked at for the width of all. */
const SAMPLE = 32

/**
 * The rows of a statement, so that it stays short however wide they are.
 *
 * @param widthOf - The characters of some of the rows.
 */
export function portionOf(rows: number, widthOf: (sample: readonly number[]) => number): number {
  const step = Math.max(1, Math.floor(rows / SAMPLE))
  const sample: number[] = []
  for (let row = 0; row < rows && sample.length < SAMPLE; row += step) sample.push(row)
  const width = widthOf(sample) / sample.length
  return Math.max(1, Math.min(PORTION, Math.floor(LARGEST / Math.max(1, width))))
}
