import { annotations, annotationsOf } from '../../schema/index.ts'
import { declaredIndex, indexName, tablesOf } from './declared-index.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** `@index.expression`, on models. */
export function expressionIndexes(source: DeclarationSource): DeclaredObject[] {
  return tablesOf(source).flatMap((model) =>
    annotationsOf(annotations.indexExpression, model).map(({ sql, method, name, unique, where }) =>
      declaredIndex(model, source, {
        annotation: 'index.expression',
        name: name ?? indexName(model.table, wordsOf(sql), 'expression', unique),
        unique,
        method,
        keys: sql,
        where,
      }),
    ),
  )
}

/** `lower(email)` is `lower`, `email` in the index's name. */
function wordsOf(sql: string): string[] {
  return sql.match(/\w+/g) ?? []
}
