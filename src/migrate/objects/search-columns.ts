import { addVector, searchableModels, vectorColumn } from '../../features/search/index.ts'
import { generatedColumns } from './generated-columns.ts'
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
  catalogue: `
    SELECT n.nspname AS schema, t.relname AS table, a.attname AS name, NULL AS arguments,
           col_description(t.oid, a.attnum) AS comment,
           'pg_class'::regclass::oid AS class, t.oid AS object, a.attnum::int AS sub, t.oid AS on, false AS prisma
      FROM pg_attribute a
      JOIN pg_class t ON t.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE a.attgenerated <> '' AND NOT a.attisdropped AND t.relkind IN ('r', 'p')
       AND col_description(t.oid, a.attnum) LIKE 'substrata: search %'
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  target: (name, names) => generatedColumns.target(name, names),
  drop: (name, names) => generatedColumns.drop(name, names),
}
