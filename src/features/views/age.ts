import { maxAgeInvalid } from './errors.ts'

/** Milliseconds, or a number with its unit: `15m`. */
export type Age = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Milliseconds.
 *
 * @throws SUB_MAX_AGE_INVALID
 */
export function milliseconds(model: string, age: unknown): number {
  if (typeof age === 'number' && Number.isFinite(age) && age >= 0) return age
  const { count, unit } = /^(?<count>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d)$/.exec(String(age))?.groups ?? {}
  if (count === undefined || typeof age === 'number') throw maxAgeInvalid({ model })
  return Number(count) * units[unit as keyof typeof units]
}
