import * as fc from 'fast-check'
import { type Sample, type Token, token } from './annotation-tokens.ts'
import { definitions } from './definitions.ts'

/** A spoilt annotation and where its one fault is. */
export interface Mutation {
  readonly what: string
  readonly tokens: readonly Token[]
  /** The token at fault, or behind the last one. */
  readonly at: number | 'end'
  /** How far into that token, in characters. */
  readonly into?: number
}

type Mutate = (sample: Sample, pick: (count: number) => number) => Mutation | undefined

/** Spoils a well-formed annotation in one way that is possible for it. */
export function mutation(sample: Sample): fc.Arbitrary<Mutation> {
  const picks = fc.infiniteStream(fc.nat(10_000))
  return fc
    .tuple(fc.constantFrom(...Object.entries(mutations)), picks)
    .map(([[what, mutate], stream]) => {
      const pick = (count: number) => (stream.next().value ?? 0) % count
      const spoilt = mutate(sample, pick)
      return spoilt && { ...spoilt, what }
    })
    .filter((spoilt) => spoilt !== undefined)
}

const mutations: Record<string, (...given: Parameters<Mutate>) => Omit<Mutation, 'what'> | undefined> = {
  'a misspelt name': ({ tokens }) => ({ tokens: replaced(tokens, 0, token(`${tokens[0]!.text}q`, 'name')), at: 0 }),

  'an unknown argument': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'key')
    return at === undefined ? undefined : { tokens: replaced(tokens, at, token(`${tokens[at]!.text}q`, 'key')), at }
  },

  'an argument given twice': ({ tokens, name, positional }, pick) => {
    const written = Object.keys(definitions.find((each) => each.name === name)?.arguments ?? {}).slice(0, positional)
    const named = tokens.filter((each) => each.role === 'key').map((each) => each.text)
    const all = [...written, ...named]
    if (all.length === 0) return undefined
    return appended(tokens, [token(all[pick(all.length)]!, 'key'), token(':', 'mark'), token('1', 'other')])
  },

  'a value of another kind': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'string' || each.role === 'word' || each.role === 'field')
    return at === undefined ? undefined : { tokens: replaced(tokens, at, token('12', 'other')), at }
  },

  'a stray mark': ({ tokens }, pick) => {
    const at = 2 + pick(tokens.length - 2)
    return { tokens: inserted(tokens, at, token(['%', ';', '😀', '@'][pick(4)]!, 'mark')), at }
  },

  'no closing parenthesis': ({ tokens }) => ({ tokens: tokens.slice(0, -1), at: 'end' }),

  'a missing comma': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'comma')
    return at === undefined ? undefined : { tokens: tokens.toSpliced(at, 1), at }
  },

  'a missing argument': ({ tokens, name }, pick) => {
    const known = definitions.find((each) => each.name === name)?.arguments ?? {}
    const required = tokens.filter((each) => each.role === 'key' && known[each.text]?.required).map((each) => each.text)
    const dropped = required[pick(Math.max(required.length, 1))]
    if (dropped === undefined) return undefined
    const first = tokens.findIndex((each) => each.argument === dropped)
    const behind = tokens.findLastIndex((each) => each.argument === dropped) + 1
    const comma = tokens[first - 1]?.role === 'comma' ? first - 1 : first
    const end = comma === first && tokens[behind]?.role === 'comma' ? behind + 1 : behind
    return { tokens: tokens.toSpliced(comma, end - comma), at: 0 }
  },

  'an unknown field': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'field' || each.role === 'inner key')
    return at === undefined ? undefined : { tokens: replaced(tokens, at, token('frist', tokens[at]!.role)), at }
  },

  'an unknown word': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'word')
    return at === undefined ? undefined : { tokens: replaced(tokens, at, token('zz', 'word')), at }
  },

  'an unknown escape': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'string')
    if (at === undefined) return undefined
    const text = Array.from(tokens[at]!.text)
    return { tokens: replaced(tokens, at, token(text.toSpliced(1, 0, '\\q').join(''), 'string')), at, into: 1 }
  },

  'a string without its end': ({ tokens }, pick) => {
    const at = anyOf(tokens, pick, (each) => each.role === 'string')
    if (at === undefined) return undefined
    return { tokens: [...tokens.slice(0, at), token(tokens[at]!.text.slice(0, -1), 'string')], at }
  },

  'an argument without a name behind one with a name': ({ tokens }) =>
    tokens.some((each) => each.role === 'key') ? appended(tokens, [token('"x"', 'string')]) : undefined,

  'an argument too many': ({ tokens, name, positional }) => {
    const known = Object.keys(definitions.find((each) => each.name === name)?.arguments ?? {})
    return positional === known.length ? appended(tokens, [token('"x"', 'string')]) : undefined
  },

  'an annotation that may stand only once': ({ tokens, name }) => {
    if (definitions.find((each) => each.name === name)?.repeatable) return undefined
    return { tokens: [...tokens, ...tokens], at: tokens.length }
  },
}

function anyOf(tokens: readonly Token[], pick: (count: number) => number, fits: (each: Token) => boolean) {
  const places = tokens.flatMap((each, index) => (fits(each) ? [index] : []))
  return places.length === 0 ? undefined : places[pick(places.length)]
}

function replaced(tokens: readonly Token[], at: number, by: Token): Token[] {
  return tokens.with(at, by)
}

function inserted(tokens: readonly Token[], at: number, ...more: Token[]): Token[] {
  return tokens.toSpliced(at, 0, ...more)
}

/** Another argument at the end; it is at fault. */
function appended(tokens: readonly Token[], argument: readonly Token[]): Omit<Mutation, 'what'> {
  const end = tokens.length - 1
  const empty = tokens[end - 1]?.text === '('
  const added = empty ? argument : [token(',', 'comma'), ...argument]
  return { tokens: inserted(tokens, end, ...added), at: empty ? end : end + 1 }
}
