import { identifier } from '../../pg/sql.ts'
import { annotations, annotationsOf, type ModelMeta } from '../../schema/index.ts'
import { columnsOf, declaredIndex, indexName, tablesOf } from './declared-index.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** `@index.partial`, on models and on fields. */
export function partialIndexes(source: DeclarationSource): DeclaredObject[] {
  return tablesOf(source).flatMap((model) => [
    ...annotationsOf(annotations.indexPartial, model).map((each) =>
      partialIndex(model, each.fields ?? [], each, source),
    ),
    ...Object.values(model.fields).flatMap((field) =>
      annotationsOf(annotations.indexPartial, field).map((each) => partialIndex(model, [field.name], each, source)),
    ),
  ])
}

function partialIndex(
  model: ModelMeta,
  fields: readonly string[],
  { where, name, unique }: { readonly where: string; readonly name?: string; readonly unique?: boolean },
  source: DeclarationSource,
): DeclaredObject {
  const columns = columnsOf(model, fields)
  return declaredIndex(model, source, {
    annotation: 'index.partial',
    name: name ?? indexName(model.table, columns, 'partial', unique),
    unique,
    keys: columns.map((each) => identifier(each)).join(', '),
    where,
  })
}
