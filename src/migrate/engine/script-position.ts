/** The line, from 1, of a position that PostgreSQL reports: in characters from 1, a surrogate pair being one. */
export function lineAt(script: string, position: number): number {
  const before = Array.from(script).slice(0, position - 1)
  return before.filter((character) => character === '\n').length + 1
}
