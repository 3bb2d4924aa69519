import { statSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import type { AnnotationValue } from '../model-meta.ts'
import type { FaultAt } from '../syntax/syntax-fault.ts'
import type { Value } from '../syntax/values.ts'
import { nearestName } from './nearest-name.ts'

/** What an argument may be, for documentation and editors. */
export type ArgumentType =
  | { readonly type: 'string' | 'sql' | 'identifier' | 'file' | 'number' | 'boolean' | 'field' }
  | { readonly type: 'word'; readonly choices: readonly string[] }
  | { readonly type: 'list' | 'object'; readonly of: ArgumentType }
  | { readonly type: 'either'; readonly choices: readonly ArgumentType[] }

/** What an argument is read against. */
export interface ArgumentContext {
  /** The columns' fields of the model or view around. */
  readonly fields: readonly string[]
  /** Absolute path of the file that holds the annotation. */
  readonly file: string
  /** Absolute path of the schema's folder. */
  readonly directory: string
  report(fault: FaultAt): void
}

/** How one kind of argument is read. `read` reports what is wrong and returns nothing then. */
export interface ArgumentKind<T extends AnnotationValue> {
  readonly describe: ArgumentType
  read(value: Value, context: ArgumentContext): T | undefined
}

/** One argument of an annotation. */
export interface ArgumentDefinition<T extends AnnotationValue = AnnotationValue, Required extends boolean = boolean> {
  readonly kind: ArgumentKind<T>
  readonly required: Required
  readonly summary: string
}

export function required<T extends AnnotationValue>(
  kind: ArgumentKind<T>,
  summary: string,
): ArgumentDefinition<T, true> {
  return { kind, required: true, summary }
}

export function optional<T extends AnnotationValue>(
  kind: ArgumentKind<T>,
  summary: string,
): ArgumentDefinition<T, false> {
  return { kind, required: false, summary }
}

/** Text in quotes. */
export const string: ArgumentKind<string> = text('string', 'a string in quotes')

/** SQL in quotes. Its names are the database's, not Prisma's. */
export const sql: ArgumentKind<string> = text('sql', 'SQL in quotes')

function text(type: 'string' | 'sql', expected: string): ArgumentKind<string> {
  return {
    describe: { type },
    read(value, context) {
      if (value.kind !== 'string') return mismatch(value, expected, context)
      if (type === 'sql' && value.value.trim() === '') return mismatch(value, expected, context, 'this is empty')
      return value.value
    },
  }
}

const longestIdentifier = 63

/** The name of an object in the database. PostgreSQL silently cuts names after 63 bytes, so longer ones are refused. */
export const identifier: ArgumentKind<string> = {
  describe: { type: 'identifier' },
  read(value, context) {
    const expected = `a name in quotes, of 1 to ${longestIdentifier} bytes`
    if (value.kind !== 'string') return mismatch(value, expected, context)
    const length = Buffer.byteLength(value.value)
    if (length === 0 || length > longestIdentifier)
      return mismatch(value, expected, context, `this has ${length} bytes`)
    return value.value
  },
}

export const number: ArgumentKind<number> = {
  describe: { type: 'number' },
  read(value, context) {
    if (value.kind !== 'number') return mismatch(value, 'a number', context)
    return Number.isFinite(value.value) ? value.value : mismatch(value, 'a number', context, 'this is too large')
  },
}

export const boolean: ArgumentKind<boolean> = {
  describe: { type: 'boolean' },
  read: (value, context) => (value.kind === 'boolean' ? value.value : mismatch(value, '`true` or `false`', context)),
}

/** One of a few bare words. */
export function word<const Choice extends string>(...choices: readonly Choice[]): ArgumentKind<Choice> {
  const expected = choices.map((choice) => `\`${choice}\``).join(', ')
  return {
    describe: { type: 'word', choices },
    read(value, context) {
      if (value.kind !== 'word') return mismatch(value, `one of ${expected}`, context)
      const choice = choices.find((each) => each === value.value)
      if (choice !== undefined) return choice
      return unknown(value, `\`${value.value}\` is none of ${expected}`, choices, context)
    },
  }
}

/** A field of the model around, by its name in the schema and without quotes. Relations have no column and are no fields here. */
export const field: ArgumentKind<string> = {
  describe: { type: 'field' },
  read(value, context) {
    if (value.kind !== 'word') return mismatch(value, 'the name of a field, without quotes', context)
    if (context.fields.includes(value.value)) return value.value
    return unknown(value, `there is no column \`${value.value}\` here`, context.fields, context)
  },
}

/** A file beside the schema file that names it. It is kept relative to the schema's folder, with forward slashes. */
export const file: ArgumentKind<string> = {
  describe: { type: 'file' },
  read(value, context) {
    if (value.kind !== 'string') return mismatch(value, 'the path of a file, in quotes', context)
    const path = resolve(dirname(context.file), value.value)
    const kept = relative(context.directory, path).split(sep).join('/')
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return kept
    return mismatch(value, 'a path relative to this schema file', context, `there is no file at ${kept}`)
  },
}

/** `[a, b]`, of one kind of value and without repetition. */
export function list<T extends AnnotationValue>(kind: ArgumentKind<T>): ArgumentKind<readonly T[]> {
  return {
    describe: { type: 'list', of: kind.describe },
    read(value, context) {
      if (value.kind !== 'list' || value.items.length === 0)
        return mismatch(value, `a list of ${plural(kind.describe)} in brackets`, context)
      const seen = new Set<unknown>()
      const items = value.items.map((item) => {
        const read = kind.read(item, context)
        if (read !== undefined && seen.has(read)) return mismatch(item, 'each only once', context, 'this is repeated')
        seen.add(read)
        return read
      })
      return items.every((item) => item !== undefined) ? items : undefined
    },
  }
}

/** `[title: A, content: B]`; with {@link field} as key, each key must be a field. */
export function object<T extends AnnotationValue>(
  kind: ArgumentKind<T>,
  keys: 'any' | 'field' = 'any',
): ArgumentKind<Readonly<Record<string, T>>> {
  return {
    describe: { type: 'object', of: kind.describe },
    read(value, context) {
      if (value.kind !== 'object') return mismatch(value, '`[key: value, …]`', context)
      const entries = value.entries.map(({ key, start, value: item }) => {
        const end = start + key.length
        const known = keys === 'any' || field.read({ kind: 'word', value: key, start, end }, context) !== undefined
        const read = kind.read(item, context)
        return known && read !== undefined ? ([key, read] as const) : undefined
      })
      return entries.every((entry) => entry !== undefined) ? Object.fromEntries(entries) : undefined
    },
  }
}

/** True, false or a list: whether it is so, or for which it is so. */
export function booleanOr<T extends AnnotationValue>(
  listed: ArgumentKind<readonly T[]>,
): ArgumentKind<boolean | readonly T[]> {
  return {
    describe: { type: 'either', choices: [boolean.describe, listed.describe] },
    read: (value, context) => (value.kind === 'list' ? listed.read(value, context) : boolean.read(value, context)),
  }
}

/** What the items of a list, or the values of an object, are. */
export function itemType(type: ArgumentType | undefined): ArgumentType | undefined {
  if (type?.type === 'either') return type.choices.map(itemType).find((each) => each !== undefined)
  return type && 'of' in type ? type.of : undefined
}

function plural(type: ArgumentType): string {
  return type.type === 'sql' ? 'SQL strings' : `${type.type}s`
}

const written: Readonly<Record<Value['kind'], string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  word: 'a word without quotes',
  list: 'a list',
  object: 'a list with keys',
  call: 'a call',
}

function mismatch(
  value: Value,
  expected: string,
  context: ArgumentContext,
  found = `found ${written[value.kind]}`,
): undefined {
  context.report({ start: value.start, end: value.end, message: `expected ${expected}: ${found}`, expected })
}

function unknown(value: Value, message: string, known: readonly string[], context: ArgumentContext): undefined {
  const nearest = nearestName('value' in value ? String(value.value) : '', known)
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'a field'
  context.report({ start: value.start, end: value.end, message, expected, ...(nearest !== undefined && { nearest }) })
}
