import { protectedModels, unindexedColumns } from '../../features/rls/index.ts'
import { identifier } from '../../pg/sql.ts'
import { annotations, annotationsOf, type ModelMeta } from '../../schema/index.ts'
import { columnsOf, declaredIndex, indexName } from './declared-index.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** The indexes that policies need and the schema has not. */
export function policyIndexes(source: DeclarationSource): DeclaredObject[] {
  return [...protectedModels(source.schema).values()].flatMap((protectedModel) => {
    const { model, tenant } = protectedModel
    return unindexedColumns(protectedModel)
      .filter((column) => !isCovered(model, column))
      .map((column) =>
        declaredIndex(model, source, {
          annotation: column === tenant?.column ? 'rls.tenant' : 'rls.policy',
          name: indexName(model.table, [column], 'policy', false),
          unique: false,
          keys: identifier(column),
        }),
      )
  })
}

function isCovered(model: ModelMeta, column: string): boolean {
  return annotationsOf(annotations.indexCovering, model).some(({ fields }) => columnsOf(model, fields)[0] === column)
}
