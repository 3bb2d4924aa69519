/** Values that differ from run to run, because a client made them: ids become the name of their kind, instants `now`. */
import type { Outcome } from './outcome.ts'

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'uuid(4)'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'uuid(7)'],
  [/^c[0-9a-z]{24}$/, 'cuid(1)'],
  [/^[a-z][0-9a-z]{23}$/, 'cuid(2)'],
  [/^[0-9A-HJKMNP-TV-Z]{26}$/, 'ulid()'],
  [/^[\w-]{21}$/, 'nanoid()'],
  [/^[\w-]{8}$/, 'nanoid(8)'],
]
const earliest = Date.UTC(2025)
const latest = Date.UTC(2100)

export function withoutMadeValues(outcome: Outcome): Outcome {
  return 'error' in outcome ? outcome : { result: masked(outcome.result) }
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return kinds.find(([pattern]) => pattern.test(value))?.[1] ?? value
  if (value instanceof Date) return value.getTime() > earliest && value.getTime() < latest ? 'now' : value
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, masked(property)]))
}
