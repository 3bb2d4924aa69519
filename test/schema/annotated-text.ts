import type { Token } from './annotation-tokens.ts'

/** Where something stands, as people count: characters, from 1. */
export interface Spot {
  readonly line: number
  readonly column: number
}

/** How a document is laid out: its line breaks, whether it begins with a mark of its encoding, and what stands between tokens. */
export interface Layout {
  readonly lineBreak: '\n' | '\r\n' | '\r'
  readonly mark: boolean
  /** Taken in turn. A line break here goes on behind `///` on the next line. */
  readonly gaps: readonly ('' | ' ' | '\t' | '  ' | 'line')[]
  readonly indent: string
  readonly before: string
  readonly after: string
}

/** Writes a text and counts lines and characters on its own, apart from the code that is tested. */
export function textWriter({ lineBreak, mark, gaps, indent }: Layout) {
  let text = mark ? '\uFEFF' : ''
  let line = 1
  let column = 1
  let gap = 0

  const write = (piece: string) => {
    text += piece
    column += Array.from(piece).length
  }
  const newLine = () => {
    text += lineBreak
    line++
    column = 1
  }
  const writeGap = (oneLine: boolean, forced: boolean) => {
    const next = gaps[gap++ % gaps.length] ?? ''
    if (next === 'line' && !oneLine) {
      newLine()
      write(`${indent}///\t`)
    } else write(next === 'line' || (next === '' && forced) ? ' ' : next)
  }

  return {
    write,
    newLine,
    /** Writes the tokens of an annotation and tells where each begins and where the last one ends. */
    writeTokens(tokens: readonly Token[], oneLine: boolean): { starts: Spot[]; end: Spot } {
      const starts: Spot[] = []
      for (const [index, { text: piece, role }] of tokens.entries()) {
        const before = tokens[index - 1]
        const bound = piece === '(' || index === 0
        if (!bound)
          writeGap(oneLine, before?.role !== 'mark' && before?.role !== 'comma' && role !== 'mark' && role !== 'comma')
        starts.push({ line, column })
        for (const [lineNumber, part] of piece.split('\n').entries()) {
          if (lineNumber > 0) {
            newLine()
            write(`${indent}/// `)
          }
          write(part)
        }
      }
      return { starts, end: { line, column } }
    },
    text: () => text,
  }
}
