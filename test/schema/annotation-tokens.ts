import * as fc from 'fast-check'
import type { ArgumentType } from '../../src/schema/grammar/argument.ts'
import type { AnnotationDefinition, Target } from '../../src/schema/grammar/define.ts'
import type { AnnotationArguments, AnnotationValue } from '../../src/schema/model-meta.ts'
import { definitions } from './definitions.ts'

/** A piece of a written annotation, with what a mutation has to know of it. */
export interface Token {
  readonly text: string
  readonly role: 'name' | 'mark' | 'comma' | 'key' | 'inner key' | 'string' | 'word' | 'field' | 'other'
  /** The argument to which it belongs. */
  readonly argument?: string
}

/** An annotation, what it says, and how it is written. */
export interface Sample {
  readonly name: string
  readonly given: AnnotationArguments
  readonly tokens: readonly Token[]
  /** How many arguments are written without their names. */
  readonly positional: number
}

/** The fields of the model and the view in which samples stand. */
export const fields = ['id', 'first', 'second', 'third', 'größe']

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'it\'s "quoted" \\ @check(name: "x") // /// )',
    "a = 'b' AND c ~ E'\\\\d'",
    '',
    "'",
    '""',
    '\n\r\t\b\f',
  ),
)

function values(type: ArgumentType): fc.Arbitrary<AnnotationValue> {
  switch (type.type) {
    case 'string':
      return texts
    case 'sql':
      return texts.map((text) => `${text}1`)
    case 'identifier':
      return texts.map((text) => `n${text.slice(0, 15)}`)
    case 'file':
      return fc.constantFrom('functions/current_user_id.sql', 'functions/total.sql')
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((number) => number + 0)
    case 'boolean':
      return fc.boolean()
    case 'field':
      return fc.constantFrom(...fields)
    case 'word':
      return fc.constantFrom(...type.choices)
    case 'list':
      return fc.uniqueArray(values(type.of), { minLength: 1, maxLength: 3 })
    case 'either':
      return fc.oneof(...type.choices.map(values))
    default:
      return fc.dictionary(fc.constantFrom(...fields), values(type.of), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      })
  }
}

/** A well-formed annotation that may stand on a target. */
export function sample(target: Target, name: string): fc.Arbitrary<Sample> {
  const subject = { target, name, demanded: false, defaulted: false }
  return fc
    .constantFrom(...definitions.filter((each) => each.on.includes(target)))
    .chain((definition: AnnotationDefinition) => {
      const required = Object.keys(definition.arguments).filter((each) => definition.arguments[each]?.required)
      const possible = Object.entries(definition.arguments).map(
        ([each, { kind }]) => [each, values(kind.describe)] as const,
      )
      return fc
        .record(Object.fromEntries(possible), { requiredKeys: required, noNullPrototype: true })
        .filter((given) => definition.check?.(given, subject) === undefined)
        .chain((given) => written(definition, given))
    })
}

function written(definition: AnnotationDefinition, given: AnnotationArguments): fc.Arbitrary<Sample> {
  const names = Object.keys(definition.arguments)
  const leading = names.findIndex((each) => given[each] === undefined)
  return fc
    .record({
      positional: fc.nat(leading < 0 ? names.length : leading),
      quotes: fc.array(fc.constantFrom('"', "'"), { minLength: 1, maxLength: 5 }),
      order: fc.shuffledSubarray(names, { minLength: names.length }),
    })
    .map(({ positional, quotes, order }) => {
      const named = order.filter((each) => given[each] !== undefined && names.indexOf(each) >= positional)
      let used = 0
      const quote = () => quotes[used++ % quotes.length] ?? '"'
      const list = [...names.slice(0, positional), ...named].map((each, index) => [
        ...(index < positional ? [] : [token(each, 'key', each), token(':', 'mark', each)]),
        ...valueTokens(given[each]!, definition.arguments[each]!.kind.describe, each, quote),
      ])
      const tokens = [token(`@${definition.name}`, 'name'), token('(', 'mark'), ...separated(list), token(')', 'mark')]
      return { name: definition.name, given, tokens, positional }
    })
}

function valueTokens(value: AnnotationValue, type: ArgumentType, argument: string, quote: () => string): Token[] {
  if (typeof value === 'string' && type.type === 'word') return [token(value, 'word', argument)]
  if (typeof value === 'string' && type.type === 'field') return [token(value, 'field', argument)]
  if (typeof value === 'string') return [token(quoted(value, quote()), 'string', argument)]
  if (typeof value !== 'object') return [token(String(value), 'other', argument)]
  const of = 'of' in type ? type.of : type
  const items = Array.isArray(value)
    ? value.map((item: AnnotationValue) => valueTokens(item, of, argument, quote))
    : Object.entries(value).map(([key, item]) => [
        token(key, 'inner key', argument),
        token(':', 'mark', argument),
        ...valueTokens(item, of, argument, quote),
      ])
  return [token('[', 'other', argument), ...separated(items), token(']', 'mark', argument)]
}

function separated(items: readonly Token[][]): Token[] {
  return items.flatMap((item, index) => (index === 0 ? item : [token(',', 'comma'), ...item]))
}

export function token(text: string, role: Token['role'], argument?: string): Token {
  return argument === undefined ? { text, role } : { text, role, argument }
}

/** Writes a string between quotes, with only those escapes that it must have. */
function quoted(text: string, quote: string): string {
  const escaped = text.replace(/["'\\\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/gu, (character) => {
    if (character === quote || character === '\\') return `\\${character}`
    if (character === '"' || character === "'") return character
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
  return quote + escaped + quote
}
