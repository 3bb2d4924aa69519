import { searchableModels, vectorColumn } from '../../features/search/index.ts'
import { identifier } from '../../pg/sql.ts'
import { declaredIndex, indexName } from './declared-index.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** Of each model with `@search`: the index over its words, and those by which similar words are found. */
export function searchIndexes(source: DeclarationSource): DeclaredObject[] {
  return searchableModels(source.schema).flatMap(({ model, fuzzy }) => [
    declaredIndex(model, source, {
      annotation: 'search',
      name: indexName(model.table, [], 'search', false),
      unique: false,
      method: 'gin',
      keys: identifier(vectorColumn),
    }),
    ...fuzzy.map(({ column }) => {
      const index = declaredIndex(model, source, {
        annotation: 'search',
        name: indexName(model.table, [column], 'similar', false),
        unique: false,
        method: 'gin',
        keys: `${identifier(column)} gin_trgm_ops`,
      })
      return { ...index, create: ['CREATE EXTENSION IF NOT EXISTS pg_trgm', ...index.create] }
    }),
  ])
}
