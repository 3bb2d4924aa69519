const width = 120
const indentation = '  '

/**
 * Writes a value as a TypeScript literal, formatted: on one line where it fits, else one item to a line.
 *
 * @param depth - How many levels the line that it begins on is indented.
 * @param column - How much of that line is taken already.
 */
export function formatValue(value: unknown, depth: number, column: number): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return String(value)
  // One less for the comma behind it.
  const inline = oneLine(value, width - column - 1)
  if (inline !== undefined) return inline
  const inner = indentation.repeat(depth + 1)
  const lines = Array.isArray(value)
    ? value.map((item) => formatValue(item, depth + 1, inner.length))
    : Object.entries(value).map(([name, item]) => {
        const head = `${key(name)}: `
        return head + formatValue(item, depth + 1, inner.length + head.length)
      })
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${indentation.repeat(depth)}${close}`
}

/** Writes a value on one line; gives up where it is longer than the room there is or would stand on several. */
function oneLine(value: unknown, room: number): string | undefined {
  if (typeof value !== 'object' || value === null) return written(value, room)
  if (holdsObjects(value)) return undefined
  const list = Array.isArray(value)
  const entries = Object.entries(value)
  if (entries.length === 0) return list ? '[]' : '{}'
  let line = list ? '[' : '{ '
  for (const [index, [name, item]] of entries.entries()) {
    line += `${index > 0 ? ', ' : ''}${list ? '' : `${key(name)}: `}`
    const next = oneLine(item, room - line.length)
    if (next === undefined) return undefined
    line += next
  }
  line += list ? ']' : ' }'
  return line.length > room ? undefined : line
}

function written(value: unknown, room: number): string | undefined {
  const text = typeof value === 'string' ? quote(value) : String(value)
  return text.length > room ? undefined : text
}

/** Two or more objects of more than one key stand one to a line, as the common formatters have it. */
function holdsObjects(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  return (
    value.length > 1 && value.every((item) => typeof item === 'object' && item !== null && Object.keys(item).length > 1)
  )
}

/** The name of a property. `__proto__` as a plain name would set the object's prototype. */
export function key(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : quote(name)
}

/** A string literal in single quotes, or in double ones where that saves escapes. */
export function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  if (count(text, "'") > count(text, '"')) return `"${inner}"`
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}
