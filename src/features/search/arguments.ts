/** The arguments of `search`, checked before any SQL. */
import type { Arguments } from '../../query/index.ts'
import type { SchemaMeta } from '../../schema/index.ts'
import { searchArgument } from './errors.ts'
import type { Searchable } from './searchable.ts'
import type { Order } from './statement.ts'
import { endsInWord } from './text.ts'

export interface CheckedArguments {
  readonly selection: Arguments
  readonly first: number
  readonly after: string | undefined
  readonly order: Order
  readonly highlight: readonly string[]
  readonly facets: readonly string[]
  readonly prefix: boolean
  readonly fuzzy: boolean
  readonly cap: number
}

const known = 'where select include omit first after order highlight prefix fuzzy facets cap'.split(' ')
const usualPage = 20

/** @throws SUB_SEARCH_ARGUMENT */
export function checkArguments(
  searchable: Searchable,
  schema: SchemaMeta,
  longestPage: number,
  text: string,
  given: unknown = {},
): CheckedArguments {
  const model = searchable.model.name
  const refuse = (argument: string, fault: string) => searchArgument({ model, argument, fault })
  if (typeof given !== 'object' || given === null) throw refuse('options', 'are no object')
  const options = given as Arguments
  for (const name of Object.keys(options)) if (!known.includes(name)) throw refuse(name, 'is no argument of `search`')

  const {
    first = Math.min(usualPage, longestPage),
    after,
    order = 'rank',
    cap = searchable.cap,
    prefix = false,
  } = options
  const { highlight = [], facets = [], fuzzy = searchable.fuzzy.length > 0, where, select, include, omit } = options
  if (!isCount(first) || first > longestPage) throw refuse('first', `is no whole number from 1 to ${longestPage}`)
  if (!isCount(cap)) throw refuse('cap', 'is no whole number from 1 on')
  if (after !== undefined && after !== null && typeof after !== 'string') throw refuse('after', 'is no cursor')
  if (order !== 'rank' && order !== 'newest') throw refuse('order', "is neither 'rank' nor 'newest'")
  if (typeof prefix !== 'boolean') throw refuse('prefix', 'is neither true nor false')
  if (typeof fuzzy !== 'boolean') throw refuse('fuzzy', 'is neither true nor false')
  if (fuzzy && searchable.fuzzy.length === 0) throw refuse('fuzzy', 'needs `fuzzy` in the annotation @search')
  const texts = searchable.texts.map(({ field }) => field.name)
  if (!isNames(highlight) || !highlight.every((each) => texts.includes(each)))
    throw refuse('highlight', `takes a list of the fields that are searched: ${texts.join(', ')}`)
  if (!isNames(facets) || !facets.every((each) => leadsToField(schema, model, each.split('.'))))
    throw refuse('facets', 'takes a list of paths to fields, over relations where need be: `tags.tag.name`')
  return {
    selection: { where, select, include, omit },
    first,
    after: after ?? undefined,
    order,
    highlight,
    facets,
    prefix: prefix && endsInWord(text),
    fuzzy,
    cap,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 2 ** 31
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function leadsToField({ models }: SchemaMeta, model: string, [name, ...rest]: readonly string[]): boolean {
  const meta = models[model]
  if (meta === undefined || name === undefined) return false
  if (rest.length > 0) {
    const relation = Object.hasOwn(meta.relations, name) ? meta.relations[name] : undefined
    return relation !== undefined && !relation.ignored && leadsToField({ models } as SchemaMeta, relation.model, rest)
  }
  const field = Object.hasOwn(meta.fields, name) ? meta.fields[name] : undefined
  return field !== undefined && !field.list && !field.ignored && field.kind !== 'unsupported' && field.type !== 'Json'
}

/** What a facet reads, in the words of a `where`, for features that look at which models a call touches. */
export function facetFilter(path: string): object {
  const [name = '', ...rest] = path.split('.')
  return rest.length === 0 ? {} : { [name]: facetFilter(rest.join('.')) }
}
