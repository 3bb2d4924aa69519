import type { Attribute } from '../syntax/declarations.ts'
import type { Value } from '../syntax/values.ts'

/** The attribute of a name, when it is there. */
export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((each) => each.name === name)
}

export function hasAttribute(attributes: readonly Attribute[], name: string): boolean {
  return findAttribute(attributes, name) !== undefined
}

/** The value of an argument by name; of the first one without a name where `first`. */
export function argumentOf(attribute: Attribute | undefined, name: string, position?: 'first'): Value | undefined {
  const named = attribute?.arguments.find((each) => each.key === name)
  const positional = position && attribute?.arguments[0]?.key === undefined ? attribute?.arguments[0] : undefined
  return (named ?? positional)?.value
}

/** A string argument. */
export function stringOf(attribute: Attribute | undefined, name: string, position?: 'first'): string | undefined {
  const value = argumentOf(attribute, name, position)
  return value?.kind === 'string' ? value.value : undefined
}

/** The names in `[a, b(sort: Desc)]`, or the one in `a`. */
export function namesOf(value: Value | undefined): string[] {
  return itemsOf(value).flatMap((item) =>
    item.kind === 'word' ? [item.value] : item.kind === 'call' ? [item.name] : [],
  )
}

/** The items of a list; a lone value is a list of itself. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return []
  return value.kind === 'list' ? value.items : [value]
}
