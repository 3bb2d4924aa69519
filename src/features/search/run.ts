import { cursorInvalid } from '../../core/cursor-errors.ts'
import { isDataException } from '../../pg/index.ts'
import { type Arguments, type BoundText, shapeOfCall, Uncovered, type WireRow } from '../../query/index.ts'
import { checkArguments } from './arguments.ts'
import { readPlace, writePlace } from './cursor.ts'
import { searchUnsupported } from './errors.ts'
import type { Matched, Search, Subject } from './search.ts'
import { isOrdered } from './searchable.ts'
import { type Found, type SearchShape, type SearchValues, searchPlan } from './statement.ts'
import { holdsPhrase, noSimilarWords, type SimilarWords, searchText, similarWords } from './text.ts'

type Outcome = Found & { readonly matched: Matched }

/** Extensions of the client see a search as a `findMany`. */
export async function runSearch(subject: Subject, given: unknown, options: unknown): Promise<object> {
  const { caller, searchable, searches } = subject
  const text = searchText(searchable.model.name, given)
  const checked = checkArguments(searchable, caller.schema, searches.longestPage, text, options)
  const { rows, pageInfo, matched, capped, facets } = await caller.asFindMany(checked.selection, (selection) =>
    readPage({ ...subject, text, options: checked, selection }),
  )
  return { items: rows, pageInfo, matched, capped, facets }
}

async function readPage(search: Search) {
  const { first } = search.options
  const { found, placeOf, matched, capped, facets } = await find(search)
  const rows = found.slice(0, first)
  const endCursor = rows.length === 0 ? null : writePlace(search, { matched, place: placeOf(rows.length - 1) })
  return { rows, pageInfo: { hasNextPage: found.length > first, endCursor }, matched, capped, facets }
}

async function find(search: Search): Promise<Outcome> {
  const after = readPlace(search)
  if (after?.matched === 'similar') return { ...(await findSimilar(search, after.place)), matched: 'similar' }
  const words: Outcome = { ...(await findWords(search, after?.place)), matched: 'words' }
  // A capped search without a row has not looked at all of them.
  if (words.found.length > 0 || words.capped || after || !search.options.fuzzy) return words
  const similar = await findSimilar(search)
  return similar.found.length > 0 ? { ...similar, matched: 'similar' } : words
}

async function findWords(search: Search, after?: readonly string[]): Promise<Found> {
  const { statement, decode } = prepare(search, noSimilarWords, after)
  const { rows } = await search.caller.execute(statement, (failure) => forgedCursor(search, failure))
  return decode(rows)
}

const nothing: Found = { found: [], placeOf: () => [], capped: false, facets: {} }

/** The least similarity of a word: what two letters in the wrong order leave of six, two trigrams in seven. */
const leastSimilarity = '0.28'
const threshold = "'pg_trgm.word_similarity_threshold'"

async function findSimilar(search: Search, after?: readonly string[]): Promise<Found> {
  const similar = similarWords(search.text)
  if (similar.words.length === 0) return nothing
  const { statement, decode } = prepare(search, similar, after)
  return search.caller.transaction(async (tx) => {
    const setting = await tx.execute({
      text: `SELECT current_setting(${threshold}, true), set_config(${threshold}, $1, true)`,
      values: [leastSimilarity],
    })
    try {
      const { rows } = await tx.execute(statement)
      // In the caller's own transaction it would go on to hold for the caller's statements.
      await tx.execute({ text: `SELECT set_config(${threshold}, $1, true)`, values: [setting.rows[0]?.[0] || '0.6'] })
      return decode(rows)
    } catch (failure) {
      throw forgedCursor(search, failure) ?? failure
    }
  })
}

/** Without a key anyone can write a cursor, with values that are none of their types. */
function forgedCursor({ options }: Search, failure: unknown): Error | undefined {
  if (options.after === undefined || !isDataException(failure)) return undefined
  return cursorInvalid({ fault: 'holds values that are none of this order' }, { cause: failure })
}

interface Prepared {
  readonly statement: BoundText
  readonly decode: (rows: readonly WireRow[]) => Found
}

/** @throws SUB_WHERE_INVALID, SUB_SEARCH_UNSUPPORTED */
function prepare(search: Search, similar: SimilarWords, after: readonly string[] = []): Prepared {
  const { caller, searchable, searches, text, options, selection } = search
  const { order, prefix, highlight, facets, first, cap } = options
  const { words, any, excluded } = similar
  const sampled = words.length === 0 && isOrdered(searchable, selection.where)
  const phrase = sampled && holdsPhrase(text)
  const wanted = {
    order,
    prefix,
    phrase,
    highlight,
    facets,
    any,
    excluding: excluded !== '',
    sampled,
    cap,
    take: first + 1,
  }
  const shape: SearchShape = { ...wanted, similar: words.length, after: after.length }
  const values: SearchValues = { ...selection, text, words, excluded, after }
  const { catalog } = caller.compiler
  try {
    const table = catalog.table(searchable.model.name)
    const key = `${table.name} ${JSON.stringify(shape)} ${shapeOfCall(selection, table, catalog.runtime)}`
    const known = searches.plans.get(key)
    const plan = known ?? searchPlan(catalog, searchable, shape, values)
    if (!known) searches.plans.set(key, plan)
    return { statement: { text: plan.text, values: plan.bind(values) }, decode: plan.decode }
  } catch (error) {
    if (!(error instanceof Uncovered)) throw error
    const model = searchable.model.name
    // What is wrong with a filter is told as everywhere.
    caller.where.compileWhere(model, (selection.where ?? {}) as Arguments, { alias: '"rows"' })
    throw searchUnsupported({ model, reason: error.reason }, { cause: error })
  }
}
