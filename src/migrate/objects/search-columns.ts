import { addVector, searchableModels, vectorColumn } from '../../features/search/index.ts'
import { generatedColumns, storedColumns } from './generated-columns.ts'
import { hashOf } from './mark.ts'
import type { ObjectKind } from './object.ts'

/** The stored words of rows. Unlike other generated columns they are no field of the model, so Prisma's engine never makes them. */
export const searchColumns: ObjectKind = {
  kind: 'search column',
  declare: ({ schema: meta, names }) =>
    searchableModels(meta).map((searchable) => {
      const { model } = searchable
      const schema = model.schema ?? names.defaultSchema
      const create = [addVector(names.qualify(schema, model.table), searchable)]
      return {
        kind: 'search column',
        annotation: 'search',
        origin: `@search on ${model.name}`,
        name: { schema, table: model.table, name: vectorColumn },
        create,
        hash: hashOf(create),
      }
    }),
  catalogue: storedColumns("col_description(t.oid, a.attnum) LIKE 'substrata: search %'"),
  target: (name, names) => generatedColumns.target(name, names),
  drop: (name, names) => generatedColumns.drop(name, names),
}
