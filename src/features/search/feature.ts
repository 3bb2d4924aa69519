import type { Caller, Feature, ModelMethod } from '../../client/feature.ts'
import type { FeatureFactory } from '../../client/index.ts'
import { GenerationCache, shapeOfCall, Uncovered } from '../../query/index.ts'
import { checkArguments, facetFilter } from './arguments.ts'
import { type Matched, readCursor, type Searching, writeCursor } from './cursor.ts'
import { searchArgument, searchUndeclared } from './errors.ts'
import { isOrdered, type Searchable, searchableModels } from './searchable.ts'
import { type Found, type SearchPlan, type SearchShape, type SearchValues, searchPlan } from './statement.ts'
import { searchText, similarWords } from './text.ts'

/** Plans kept at a time. */
const CAPACITY = 200

/** `db.model.search(…)` for the models with `@search`. */
export const fullTextSearch: FeatureFactory = (schema): Feature | undefined => {
  const searchables = new Map(searchableModels(schema).map((each) => [each.model.name, each]))
  if (searchables.size === 0) return undefined
  const plans = new GenerationCache<SearchPlan>(CAPACITY)
  const search: ModelMethod = {
    kind: 'read',
    args: (_text, options) => lookedAt(options),
    async run(caller, text, options) {
      const searchable = searchables.get(caller.model.name)
      if (searchable === undefined) throw searchUndeclared({ model: caller.model.name })
      return runSearch(caller, searchable, plans, text, options)
    },
  }
  return { name: 'search', concerns: () => false, methods: { search } }
}

/** What other features look at: everything that leads to a model. */
function lookedAt(options: unknown): Readonly<Record<string, unknown>> {
  const { where, select, include, facets } = (options ?? {}) as Readonly<Record<string, unknown>>
  const paths = Array.isArray(facets) ? facets.filter((each) => typeof each === 'string') : []
  return { where: { AND: [where ?? {}, ...paths.map(facetFilter)] }, select, include }
}

interface Call extends Searching {
  readonly plans: GenerationCache<SearchPlan>
}

async function runSearch(
  caller: Caller,
  searchable: Searchable,
  plans: GenerationCache<SearchPlan>,
  given: unknown,
  options: unknown,
): Promise<object> {
  const text = searchText(searchable.model.name, given)
  const call = { caller, searchable, plans, text, options: checkArguments(searchable, caller.schema, text, options) }
  const cursor = readCursor(call)
  if (cursor?.matched === 'similar') return answer(call, 'similar', await findSimilar(call, cursor.place))
  const found = await find(call, cursor?.place)
  if (found.rows.length > 0 || cursor !== undefined || !call.options.fuzzy) return answer(call, 'words', found)
  const similar = await findSimilar(call)
  return similar.rows.length > 0 ? answer(call, 'similar', similar) : answer(call, 'words', found)
}

async function find(call: Call, after?: readonly string[]): Promise<Found> {
  const { decode, statement } = prepare(call, { words: [], any: false }, after)
  return decode((await call.caller.execute(statement)).rows)
}

const nothing: Found = { rows: [], capped: false, facets: {} }

/** The least similarity of a word. PostgreSQL's own, 0.6, misses two letters in the wrong order. */
const leastSimilarity = '0.3'
const threshold = "'pg_trgm.word_similarity_threshold'"

async function findSimilar(call: Call, after?: readonly string[]): Promise<Found> {
  const similar = similarWords(call.text)
  if (similar.words.length === 0) return nothing
  const { decode, statement } = prepare(call, similar, after)
  return call.caller.transaction(async (tx) => {
    const setting = await tx.execute({
      text: `SELECT current_setting(${threshold}, true), set_config(${threshold}, $1, true)`,
      values: [leastSimilarity],
    })
    const { rows } = await tx.execute(statement)
    // In the caller's own transaction it would go on to hold for the caller's statements.
    await tx.execute({ text: `SELECT set_config(${threshold}, $1, true)`, values: [setting.rows[0]?.[0] || '0.6'] })
    return decode(rows)
  })
}

function prepare(
  { caller, searchable, plans, text, options }: Call,
  { words, any }: { readonly words: readonly string[]; readonly any: boolean },
  after: readonly string[] = [],
) {
  const { selection, order, prefix, highlight, facets, first, cap } = options
  const sampled = (order === 'newest' || /\S\s+\S/.test(text)) && words.length === 0 && isOrdered(searchable, selection.where)
  const shape: SearchShape = {
    ...{ order, prefix, similar: words.length, any, highlight, facets, sampled },
    after: after.length > 0,
  }
  const values: SearchValues = { ...selection, text, words, take: first + 1, cap, after }
  const { catalog } = caller.compiler
  try {
    const table = catalog.table(searchable.model.name)
    const key = `${table.name} ${JSON.stringify(shape)} ${shapeOfCall(selection, table, catalog.runtime)}`
    const plan = plans.get(key) ?? searchPlan(catalog, searchable, shape, values)
    plans.set(key, plan)
    // Planned anew for each text: a common word and a rare one are found by different indexes.
    return { decode: plan.decode, statement: { text: plan.text, values: plan.bind(values), reusable: false } }
  } catch (error) {
    if (!(error instanceof Uncovered)) throw error
    throw searchArgument({ model: searchable.model.name, argument: 'where', fault: `cannot be asked: ${error.reason}` })
  }
}

function answer(call: Call, matched: Matched, { rows, capped, facets }: Found): object {
  const { options } = call
  const items = rows.slice(0, options.first)
  const last = items.at(-1)
  const endCursor = last === undefined ? null : writeCursor(call, { matched, place: last.place })
  return {
    items: items.map(({ object }) => object),
    pageInfo: { hasNextPage: rows.length > options.first, endCursor },
    matched,
    capped,
    facets,
  }
}
