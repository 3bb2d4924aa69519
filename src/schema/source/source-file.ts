/** One file of the schema as it lies on disk. Offsets are UTF-16 indices into `text`. */
export interface SourceFile {
  /** As it is shown to people: relative to the working directory where that is shorter. */
  readonly path: string
  /** With a byte order mark, carriage returns and tabs, if it has them. */
  readonly text: string
}

/** A place in a file. */
export interface Place {
  readonly file: SourceFile
  readonly offset: number
}

/** A place as people and editors count: both from 1. */
export interface Position {
  readonly line: number
  /** In characters: a tab is one, a character outside the basic plane is one, a byte order mark is none. */
  readonly column: number
  /** The whole line without its line break. */
  readonly lineText: string
}

const lineBreak = /\r\n|\n|\r/g

/** Line and column of an offset. */
export function positionAt(text: string, offset: number): Position {
  let line = 1
  let start = text.startsWith('\uFEFF') ? 1 : 0
  let end = text.length
  for (const match of text.matchAll(lineBreak)) {
    const next = match.index + match[0].length
    if (next > offset) {
      end = match.index
      break
    }
    line++
    start = next
  }
  return { line, column: charactersOf(text.slice(start, offset)).length + 1, lineText: text.slice(start, end) }
}

/** The characters of a text: code points, not UTF-16 units. */
export function charactersOf(text: string): string[] {
  return Array.from(text)
}
