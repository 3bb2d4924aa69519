/** Rows of one statement, so that it stays short however wide they are. */

/** Rows that are looked at for the width of all. */
const SAMPLE = 32

/**
 * How many rows of a width like these are so many characters, at least one.
 *
 * @param widthOf - The characters of some of the rows, by their numbers.
 */
export function rowsWithin(characters: number, rows: number, widthOf: (sample: readonly number[]) => number): number {
  const step = Math.max(1, Math.floor(rows / SAMPLE))
  const sample = Array.from({ length: Math.min(rows, SAMPLE) }, (_, i) => i * step)
  return Math.max(1, Math.floor((characters * sample.length) / Math.max(1, widthOf(sample))))
}
