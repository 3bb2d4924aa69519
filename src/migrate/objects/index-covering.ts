import { identifier } from '../../pg/sql.ts'
import { annotations, annotationsOf } from '../../schema/index.ts'
import { columnsOf, declaredIndex, indexName, tablesOf } from './declared-index.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** `@index.covering`, on models. */
export function coveringIndexes(source: DeclarationSource): DeclaredObject[] {
  return tablesOf(source).flatMap((model) =>
    annotationsOf(annotations.indexCovering, model).map(({ fields, include, name, unique }) => {
      const columns = columnsOf(model, fields)
      return declaredIndex(model, source, {
        annotation: 'index.covering',
        name: name ?? indexName(model.table, columns, 'covering', unique),
        unique,
        keys: columns.map((each) => identifier(each)).join(', '),
        include: columnsOf(model, include),
      })
    }),
  )
}
