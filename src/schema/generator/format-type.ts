import { key } from './format-value.ts'

const width = 120
const indentation = '  '

/** A type: as it is written, a tuple, or an object type, behind what it is intersected with. */
export type TypeNode =
  | string
  | { readonly tuple: readonly TypeNode[] }
  | { readonly members: Readonly<Record<string, TypeNode>>; readonly and?: string }

/**
 * Writes a type, formatted: on one line where it fits, else one item to a line. Everything in it is readonly.
 *
 * @param depth - How many levels the line that it begins on is indented.
 * @param column - How much of that line is taken already.
 */
export function formatType(type: TypeNode, depth: number, column: number): string {
  const inline = oneLine(type)
  if (typeof type === 'string' || column + inline.length <= width) return inline
  const inner = indentation.repeat(depth + 1)
  const end = indentation.repeat(depth)
  if ('tuple' in type) {
    const lines = type.tuple.map((item) => `${inner}${formatType(item, depth + 1, inner.length)},\n`)
    return `readonly [\n${lines.join('')}${end}]`
  }
  return `${behind(type.and)}{\n${formatMembers(type.members, depth + 1)}${end}}`
}

/** Writes the members of an object type or interface, one to a line. */
export function formatMembers(members: Readonly<Record<string, TypeNode>>, depth: number): string {
  const inner = indentation.repeat(depth)
  const lines = Object.entries(members).map(([name, type]) => {
    const head = `${inner}readonly ${key(name)}: `
    return `${head}${formatType(type, depth, head.length)}\n`
  })
  return lines.join('')
}

function oneLine(type: TypeNode): string {
  if (typeof type === 'string') return type
  if ('tuple' in type) return `readonly [${type.tuple.map(oneLine).join(', ')}]`
  const members = Object.entries(type.members).map(([name, member]) => `readonly ${key(name)}: ${oneLine(member)}`)
  return `${behind(type.and)}${members.length === 0 ? '{}' : `{ ${members.join('; ')} }`}`
}

function behind(and: string | undefined): string {
  return and === undefined ? '' : `${and} & `
}
