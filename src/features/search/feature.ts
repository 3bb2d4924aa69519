import type { FeatureFactory } from '../../client/index.ts'
import { createCursors } from '../../core/cursor.ts'
import { GenerationCache } from '../../query/index.ts'
import { facetFilter } from './arguments.ts'
import { searchUndeclared } from './errors.ts'
import { runSearch } from './run.ts'
import type { Searches } from './search.ts'
import { searchableModels } from './searchable.ts'

/** Plans kept at a time. */
const CAPACITY = 200

/** `db.model.search(…)` for the models with `@search`. */
export const fullTextSearch: FeatureFactory = (schema, _options, { config }) => {
  const searchables = new Map(searchableModels(schema).map((each) => [each.model.name, each]))
  if (searchables.size === 0) return undefined
  const searches: Searches = {
    plans: new GenerationCache(CAPACITY),
    cursors: createCursors(config.pagination),
    longestPage: config.pagination.maxPageSize,
  }
  return {
    name: 'search',
    methods: {
      search: {
        kind: 'read',
        args: (_text, options) => lookedAt(options),
        rowsOf: (answer) => (answer as { readonly items: unknown }).items,
        async run(caller, text, options) {
          const searchable = searchables.get(caller.model.name)
          if (searchable === undefined) throw searchUndeclared({ model: caller.model.name })
          return runSearch({ caller, searchable, searches }, text, options)
        },
      },
    },
  }
}

/** What other features look at: everything that leads to a model. */
function lookedAt(options: unknown): Readonly<Record<string, unknown>> {
  const { where, select, include, facets } = (options ?? {}) as Readonly<Record<string, unknown>>
  const paths = Array.isArray(facets) ? facets.filter((each) => typeof each === 'string') : []
  return { where: { AND: [where ?? {}, ...paths.map(facetFilter)] }, select, include }
}
