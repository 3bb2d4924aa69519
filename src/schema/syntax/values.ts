import { SyntaxFault } from './syntax-fault.ts'
import { readToken, type Token } from './tokens.ts'

/**
 * A value as it is written, with its place. Attributes (`@db.VarChar(255)`) and annotations (`@check(name: "x")`) have the
 * same values.
 */
export type Value = Readonly<{ start: number; end: number }> &
  (
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number; readonly digits: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    /** A bare name: `A`, `gin`, `email`. */
    | { readonly kind: 'word'; readonly value: string }
    | { readonly kind: 'list'; readonly items: readonly Value[] }
    /** `[title: A, content: B]`, or in braces as Prisma writes it. */
    | { readonly kind: 'object'; readonly entries: readonly Entry[] }
    | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Argument[] }
  )

/** `key: value`. */
export interface Entry {
  readonly key: string
  readonly start: number
  readonly end: number
  readonly value: Value
}

/** An argument: positional when it has no key. */
export interface Argument {
  readonly key?: string
  readonly start: number
  readonly end: number
  readonly value: Value
}

/**
 * Reads `(argument, …)` whose opening parenthesis stands at an offset.
 *
 * @param depth - How many brackets are open around it.
 * @throws SyntaxFault at the first token that does not fit.
 */
export function readArguments(text: string, offset: number, depth = 0): { arguments: Argument[]; end: number } {
  const { items, end } = readSeparated(text, offset + 1, ')', depth)
  return { arguments: items, end }
}

/** Reads one value at or after an offset. */
export function readValue(text: string, offset: number, depth = 0): Value {
  const token = readToken(text, offset)
  const { start, end } = token
  switch (token.kind) {
    case 'string':
      return { kind: 'string', value: token.value, start, end }
    case 'number':
      return { kind: 'number', value: token.value, digits: text.slice(start, end), start, end }
    case 'word':
      return readWord(text, token, depth)
    case 'mark':
      if (token.value === '[') return readList(text, start, depth)
      if (token.value === '{') return readObject(text, start, depth)
  }
  throw unexpected(token, 'a value')
}

function readWord(text: string, { value, start, end }: Token & { kind: 'word' }, depth: number): Value {
  if (text[end] === '(') {
    const list = readArguments(text, end, depth)
    return { kind: 'call', name: value, arguments: list.arguments, start, end: list.end }
  }
  if (value === 'true' || value === 'false') return { kind: 'boolean', value: value === 'true', start, end }
  return { kind: 'word', value, start, end }
}

function readList(text: string, start: number, depth: number): Value {
  const { items, end } = readSeparated(text, start + 1, ']', depth)
  const keyed = items.filter(isEntry)
  if (keyed.length === 0) return { kind: 'list', items: items.map((item) => item.value), start, end }
  return { kind: 'object', entries: entriesOf(items), start, end }
}

function readObject(text: string, start: number, depth: number): Value {
  const { items, end } = readSeparated(text, start + 1, '}', depth)
  return { kind: 'object', entries: entriesOf(items), start, end }
}

function entriesOf(items: readonly Argument[]): Entry[] {
  const seen = new Set<string>()
  return items.map((item) => {
    const { start, end } = item
    if (!isEntry(item))
      throw new SyntaxFault({ start, end, message: 'this has no key, but others here have', expected: '`key: value`' })
    if (seen.has(item.key))
      throw new SyntaxFault({ start, end: start + item.key.length, message: `\`${item.key}\` is given twice` })
    seen.add(item.key)
    return item
  })
}

function isEntry(item: Argument): item is Entry {
  return item.key !== undefined
}

/** Far more than anybody writes, and far less than the stack holds. */
const deepest = 32

/** Reads `[key:] value, …` up to the closing mark. */
function readSeparated(text: string, offset: number, close: string, depth: number): { items: Argument[]; end: number } {
  if (depth > deepest) throw new SyntaxFault({ start: offset - 1, end: offset, message: 'this is nested too deeply' })
  const items: Argument[] = []
  let at = offset
  for (;;) {
    const first = readToken(text, at)
    if (isMark(first, close)) return { items, end: first.end }
    if (first.kind === 'end') throw unexpected(first, items.length === 0 ? `a value or \`${close}\`` : `\`${close}\``)
    const item = readItem(text, first, depth + 1)
    items.push(item)
    const next = readToken(text, item.end)
    if (isMark(next, close)) return { items, end: next.end }
    if (!isMark(next, ',')) throw unexpected(next, `\`,\` or \`${close}\``)
    at = next.end
  }
}

function readItem(text: string, first: Token, depth: number): Argument {
  if (first.kind === 'word') {
    const colon = readToken(text, first.end)
    if (isMark(colon, ':')) {
      const value = readValue(text, colon.end, depth)
      return { key: first.value, start: first.start, end: value.end, value }
    }
  }
  const value = readValue(text, first.start, depth)
  return { start: value.start, end: value.end, value }
}

/** True for a token that is this punctuation mark. */
export function isMark(token: Token, mark: string): boolean {
  return token.kind === 'mark' && token.value === mark
}

/** The fault of a token that does not fit. */
export function unexpected(token: Token, expected: string): SyntaxFault {
  const { start, end } = token
  const found =
    token.kind === 'end' ? 'the end of the comment' : token.kind === 'string' ? 'a string' : `\`${token.value}\``
  return new SyntaxFault({ start, end, message: `expected ${expected}, found ${found}`, expected })
}
