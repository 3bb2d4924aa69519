/**
 * The text of a string over several lines as it is meant: without the blank line behind the opening quotes and the one before
 * the closing ones, and without the indentation that all its lines share.
 */
export function dedent(text: string): string {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.length === 1) return text
  if (isBlank(lines[0])) lines.shift()
  if (isBlank(lines.at(-1))) lines.pop()
  const indents = lines.filter((line) => !isBlank(line)).map((line) => line.length - line.trimStart().length)
  const shared = Math.min(...indents)
  return lines.map((line) => line.slice(shared).trimEnd()).join('\n')
}

function isBlank(line: string | undefined): boolean {
  return line?.trim() === ''
}
