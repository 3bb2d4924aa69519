import { dedent } from './dedent.ts'
import { SyntaxFault } from './syntax-fault.ts'

/** The smallest pieces of the schema language and of annotations: both are written in the same ones. */
export type Token = Readonly<{ start: number; end: number }> &
  (
    | { readonly kind: 'word'; readonly value: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'mark'; readonly value: string }
    | { readonly kind: 'end' }
  )

const blank = /\s*/uy
const word = /[\p{L}_][\p{L}\p{N}_]*/uy
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/uy
const character = /./suy

/**
 * Reads the token at or after an offset.
 *
 * @throws SyntaxFault for a string that does not end or holds an unknown escape.
 */
export function readToken(text: string, offset: number): Token {
  const start = offset + (match(blank, text, offset)?.length ?? 0)
  if (start >= text.length) return { kind: 'end', start: offset, end: offset }
  const first = text[start]
  if (first === '"' || first === "'") return readString(text, start, first)
  const letters = match(word, text, start)
  if (letters !== undefined) return { kind: 'word', value: letters, start, end: start + letters.length }
  const digits = match(number, text, start)
  if (digits !== undefined) return readNumber(text, start, digits)
  const mark = match(character, text, start) ?? ''
  return { kind: 'mark', value: mark, start, end: start + mark.length }
}

/** What the sticky pattern matches exactly at an offset. */
export function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}

function readNumber(text: string, start: number, digits: string): Token {
  const end = start + digits.length
  const value = Number(digits)
  const next = match(word, text, end)
  if (next !== undefined)
    throw new SyntaxFault({ start, end: end + next.length, message: `\`${digits}${next}\` is not a number` })
  return { kind: 'number', value, start, end }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '/': '/',
  '"': '"',
  "'": "'",
}
const unicodeEscape = /u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/uy

/** `'…'` and `"…"` end on their own line; `"""…"""` and `'''…'''` may go over several. */
function readString(text: string, start: number, quote: string): Token {
  const delimiter = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote
  let value = ''
  let at = start + delimiter.length
  while (at < text.length) {
    if (text.startsWith(delimiter, at)) {
      const whole = delimiter.length === 3 ? dedent(value) : value
      return { kind: 'string', value: whole, start, end: at + delimiter.length }
    }
    const char = text[at]!
    if (delimiter.length === 1 && (char === '\n' || char === '\r')) break
    if (char !== '\\') {
      value += char
      at++
      continue
    }
    const escaped = readEscape(text, at)
    value += escaped.value
    at = escaped.end
  }
  throw new SyntaxFault({
    start,
    end: start + delimiter.length,
    message: `this string does not end${delimiter.length === 1 ? ' on its line' : ''}`,
    expected: `a closing ${delimiter}`,
  })
}

function readEscape(text: string, at: number): { value: string; end: number } {
  const letter = text[at + 1] ?? ''
  const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
  if (plain !== undefined) return { value: plain, end: at + 2 }
  unicodeEscape.lastIndex = at + 1
  const code = unicodeEscape.exec(text)
  const point = Number.parseInt(code?.[1] ?? code?.[2] ?? '', 16)
  if (code && point <= 0x10ffff)
    return { value: code[1] ? String.fromCharCode(point) : String.fromCodePoint(point), end: unicodeEscape.lastIndex }
  throw new SyntaxFault({
    start: at,
    end: at + 2,
    message: `\`\\${letter.trim()}\` is not an escape`,
    expected: 'one of \\n \\r \\t \\b \\f \\\\ \\/ \\" \\\' \\u00e9 \\u{1f600}, or \\\\ for a backslash',
  })
}
