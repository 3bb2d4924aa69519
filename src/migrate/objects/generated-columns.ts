import { identifier } from '../../pg/sql.ts'
import { annotations, annotationsOf, type FieldMeta, type ModelMeta } from '../../schema/index.ts'
import { columnType } from './column-type.ts'
import { tablesOf } from './declared-index.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject, ObjectKind } from './object.ts'
import { fragment } from './sql-text.ts'

export const generatedColumns: ObjectKind = {
  kind: 'generated column',
  declare: (source) =>
    tablesOf(source).flatMap((model) =>
      Object.values(model.fields).flatMap((field) =>
        annotationsOf(annotations.generated, field).map(({ sql }) => declaredColumn(model, field, sql, source)),
      ),
    ),
  catalogue: storedColumns("coalesce(col_description(t.oid, a.attnum), '') NOT LIKE 'substrata: search %'"),
  target: ({ schema, table = '', name }, names) => `COLUMN ${names.qualify(schema, table)}.${identifier(name)}`,
  drop: ({ schema, table = '', name }, names) =>
    `ALTER TABLE ${names.qualify(schema, table)} DROP COLUMN ${identifier(name)}`,
}

/** The catalogue's query for generated columns of one kind. @param condition - Over `t`, the table, and `a`, the attribute. */
export function storedColumns(condition: string): string {
  return `
    SELECT n.nspname AS schema, t.relname AS table, a.attname AS name, NULL AS arguments,
           col_description(t.oid, a.attnum) AS comment,
           'pg_class'::regclass::oid AS class, t.oid AS object, a.attnum::int AS sub, t.oid AS on, false AS prisma
      FROM pg_attribute a
      JOIN pg_class t ON t.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE a.attgenerated <> '' AND NOT a.attisdropped AND t.relkind IN ('r', 'p')
       AND ${condition}
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`
}

function declaredColumn(
  model: ModelMeta,
  field: FieldMeta,
  sql: string,
  { schema, names }: DeclarationSource,
): DeclaredObject {
  const own = model.schema ?? names.defaultSchema
  const definition = `${columnType(field, schema, names)} GENERATED ALWAYS AS (${fragment(sql)}) STORED`
  const nullability = field.nullable || field.list ? '' : ' NOT NULL'
  const add = `ALTER TABLE ${names.qualify(own, model.table)} ADD COLUMN ${identifier(field.column)} ${definition}${nullability}`
  return {
    kind: 'generated column',
    annotation: 'generated',
    origin: `@generated on ${model.name}.${field.name}`,
    name: { schema: own, table: model.table, name: field.column },
    create: [add],
    hash: hashOf([add]),
    definition,
  }
}
