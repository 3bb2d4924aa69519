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
  const inline = oneLine(value)
  // One more for the comma behind it.
  if (column + inline.length + 1 <= width && !holdsObjects(value)) return inline
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

/** Writes a value on one line. */
function oneLine(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  const entries = Object.entries(value).map(([name, item]) => `${key(name)}: ${oneLine(item)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
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
  const double = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  if (text.includes("'")) return double
  return `'${double.slice(1, -1).replaceAll('\\"', '"')}'`
}
