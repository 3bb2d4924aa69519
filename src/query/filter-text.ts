/** A filter as text, the same for filters that say the same in another order of their properties. */
import { isPlainObject, type Runtime } from './call.ts'
import { fieldReference } from './shape.ts'

export function filterText(value: unknown, runtime: Runtime): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : objectText(value, runtime)
    default:
      return String(value)
  }
}

function objectText(value: object, runtime: Runtime): string {
  if (Array.isArray(value)) return `[${value.map((each) => filterText(each, runtime)).join()}]`
  if (value instanceof Date) return `Date ${value.getTime()}`
  if (value instanceof Uint8Array) return `Bytes ${Buffer.from(value).toString('hex')}`
  if (runtime.Decimal.isDecimal(value)) return `Decimal ${value.toFixed()}`
  if (!isPlainObject(value)) return instanceText(value, runtime)
  const parts = Object.entries(value)
    .filter(([, each]) => each !== undefined && each !== runtime.skip)
    .map(([name, each]) => `${JSON.stringify(name)}:${filterText(each, runtime)}`)
  return `{${parts.sort().join()}}`
}

function instanceText(value: object, runtime: Runtime): string {
  const names = ['DbNull', 'JsonNull', 'AnyNull'] as const
  const reference = fieldReference(value)
  return reference
    ? `#${reference.model}.${reference.field}`
    : (names.find((name) => runtime[name] === value) ?? 'object')
}
