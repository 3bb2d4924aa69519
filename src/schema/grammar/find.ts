import type { Documentation } from '../syntax/declarations.ts'
import { type FaultAt, SyntaxFault } from '../syntax/syntax-fault.ts'
import { match, readToken, type Token } from '../syntax/tokens.ts'
import { type Argument, isMark, readArguments } from '../syntax/values.ts'
import { nearestName } from './nearest-name.ts'

/** An annotation as it is written. Offsets are the file's. */
export interface WrittenAnnotation {
  readonly name: string
  /** Where its `@` stands. */
  readonly start: number
  /** Behind the last letter of its name. */
  readonly nameEnd: number
  /** Behind its last character. */
  readonly end: number
  readonly arguments: readonly Argument[]
}

/** The names of annotations: those that are known, and those that other generators read. */
export interface KnownNames {
  readonly known: readonly string[]
  /** Whole names, or the first parts of dotted ones. */
  readonly ignored: readonly string[]
}

const namePattern = /@[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/uy

/**
 * Finds the annotations in a piece of documentation. Everything else there is prose:
 *
 * - `@name(…)` is an annotation where its `@` follows a blank, another annotation or nothing. So `a@b.c`, `@@index` and
 *   anything in backticks are prose.
 * - `@name` without parentheses is one where it is known and nothing but annotations stands on its line. A known name in the
 *   midst of prose could be meant either way and is a fault.
 * - An unknown `@name` without parentheses is prose (`see @bob`, `@deprecated`). Alone on its line and almost a known name or
 *   the first part of one, it is a fault.
 */
export function findAnnotations(
  { text, start }: Documentation,
  names: KnownNames,
  report: (fault: FaultAt) => void,
): WrittenAnnotation[] {
  const found: WrittenAnnotation[] = []
  let previousEnd = start
  for (let at = text.indexOf('@', start); at >= 0; at = text.indexOf('@', at)) {
    const written = match(namePattern, text, at)
    if (written === undefined || !mayBegin(text, at, previousEnd) || isIgnored(written.slice(1), names)) {
      at += written?.length ?? 1
      continue
    }
    const head = { name: written.slice(1), start: at, nameEnd: at + written.length }
    try {
      const annotation = readAnnotation(text, head, previousEnd, names)
      at = annotation?.end ?? head.nameEnd
      if (annotation) found.push(annotation)
      if (annotation) previousEnd = at
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      report(error.fault)
      at = afterFault(text, head.nameEnd)
      previousEnd = at
    }
  }
  return found
}

function mayBegin(text: string, at: number, previousEnd: number): boolean {
  return at === previousEnd || at === 0 || /\s/u.test(text[at - 1]!)
}

function isIgnored(name: string, { ignored }: KnownNames): boolean {
  return ignored.includes(name) || ignored.includes(name.split('.', 1)[0]!)
}

type Head = Pick<WrittenAnnotation, 'name' | 'start' | 'nameEnd'>

/** Reads an annotation whose name has been read; nothing where it turns out to be prose. */
function readAnnotation(
  text: string,
  head: Head,
  previousEnd: number,
  { known }: KnownNames,
): WrittenAnnotation | undefined {
  const { name, start, nameEnd } = head
  if (text[nameEnd] === '(') return { ...head, ...readArguments(text, nameEnd) }
  const rest = /[^\r\n]*/uy
  const after = (match(rest, text, nameEnd) ?? '').trimStart()
  const alone = /^\s*$/u.test(lineBefore(text, start, previousEnd)) && (after === '' || after.startsWith('@'))
  if (known.includes(name)) {
    if (alone) return { ...head, end: nameEnd, arguments: [] }
    const message = `\`@${name}\` could be an annotation or prose`
    const expected = `\`@${name}(…)\`, or backticks around it`
    throw new SyntaxFault({ start, end: nameEnd, message, expected })
  }
  const nearest = alone ? (nearestName(name, known) ?? known.find((each) => each.startsWith(`${name}.`))) : undefined
  if (nearest === undefined) return undefined
  throw new SyntaxFault({ start, end: nameEnd, message: `there is no annotation \`@${name}\``, nearest: `@${nearest}` })
}

function lineBefore(text: string, offset: number, previousEnd: number): string {
  const line = text.slice(previousEnd, offset)
  return line.slice(Math.max(line.lastIndexOf('\n'), line.lastIndexOf('\r')) + 1)
}

/** Where to read on after a fault: behind the parenthesis that closes, else at the next line that begins with `@name(`. */
function afterFault(text: string, offset: number): number {
  const nextLine = /^[^\S\r\n]*@[A-Za-z_][\w.]*\(/gm
  nextLine.lastIndex = offset
  const limit = nextLine.exec(text)?.index ?? text.length
  let depth = 0
  for (let at = offset; at < limit; ) {
    const token = tokenOrSkip(text, at)
    if (isMark(token, '(')) depth++
    if (isMark(token, ')')) depth--
    if (depth <= 0 || token.kind === 'end') return Math.min(token.end, limit)
    at = token.end
  }
  return limit
}

/** A string that does not end takes the rest of its line with it. */
function tokenOrSkip(text: string, offset: number): Token {
  try {
    return readToken(text, offset)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    const restOfLine = /\s*[^\r\n]*/uy
    return { kind: 'mark', value: '', start: offset, end: offset + (match(restOfLine, text, offset)?.length ?? 1) }
  }
}
