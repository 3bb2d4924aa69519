import { charactersOf, positionAt, type SourceFile } from '../source/source-file.ts'
import type { FaultAt } from '../syntax/syntax-fault.ts'

/** Something wrong in an annotation, with its place in the file as it lies on disk. */
export interface Fault {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** In characters, from 1. */
  readonly column: number
  readonly message: string
  /** What would have been right. */
  readonly expected?: string
  /** The known name that is nearest to the one written. */
  readonly nearest?: string
}

/** A fault and what is needed to show it. */
export interface LocatedFault {
  readonly fault: Fault
  readonly rendered: string
}

/** Places a fault whose offsets are the file's, and renders it as compilers do. */
export function locateFault(file: SourceFile, { start, end, ...rest }: FaultAt): LocatedFault {
  const { line, column, lineText } = positionAt(file.text, start)
  const fault = { file: file.path, line, column, ...rest }
  return { fault, rendered: render(fault, lineText, charactersOf(file.text.slice(start, end)).length) }
}

function render({ file, line, column, message, expected, nearest }: Fault, lineText: string, width: number): string {
  const number = String(line)
  const margin = ' '.repeat(number.length)
  const before = charactersOf(lineText).slice(0, column - 1)
  const rest = charactersOf(lineText).length - before.length
  // Tabs are kept, so that the caret stands below its place whatever a tab is wide.
  const indent = before.map((character) => (character === '\t' ? '\t' : ' ')).join('')
  const hint = nearest === undefined ? undefined : `did you mean \`${nearest}\`?`
  const help = hint ?? (expected === undefined || message.includes(expected) ? undefined : `expected ${expected}`)
  return [
    `${file}:${line}:${column}: ${message}`,
    `${margin} |`,
    `${number} | ${lineText}`,
    `${margin} | ${indent}${'^'.repeat(Math.max(Math.min(width, rest), 1))}${help ? ` ${help}` : ''}`,
  ].join('\n')
}
