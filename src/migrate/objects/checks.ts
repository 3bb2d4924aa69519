import { identifier } from '../../pg/sql.ts'
import { annotations, annotationsOf, type ModelMeta } from '../../schema/index.ts'
import { tablesOf } from './declared-index.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject, ObjectKind } from './object.ts'
import { fragment } from './sql-text.ts'

export const checks: ObjectKind = {
  kind: 'check',
  declare: (source) =>
    tablesOf(source).flatMap((model) =>
      [model, ...Object.values(model.fields)].flatMap((place) =>
        annotationsOf(annotations.check, place).map((each) => declaredCheck(model, each, source)),
      ),
    ),
  catalogue: `
    SELECT n.nspname AS schema, t.relname AS table, c.conname AS name, NULL AS arguments,
           obj_description(c.oid, 'pg_constraint') AS comment,
           'pg_constraint'::regclass::oid AS class, c.oid AS object, 0 AS sub, t.oid AS on, false AS prisma
      FROM pg_constraint c
      JOIN pg_class t ON t.oid = c.conrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE c.contype = 'c' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  target: ({ schema, table = '', name }, names) => `CONSTRAINT ${identifier(name)} ON ${names.qualify(schema, table)}`,
  drop: ({ schema, table = '', name }, names) =>
    `ALTER TABLE ${names.qualify(schema, table)} DROP CONSTRAINT ${identifier(name)}`,
  rename: ({ schema, table = '', name }, to, names) =>
    `ALTER TABLE ${names.qualify(schema, table)} RENAME CONSTRAINT ${identifier(name)} TO ${identifier(to)}`,
}

function declaredCheck(
  model: ModelMeta,
  { name, sql }: { readonly name: string; readonly sql: string },
  { names }: DeclarationSource,
): DeclaredObject {
  const schema = model.schema ?? names.defaultSchema
  const create = `ALTER TABLE ${names.qualify(schema, model.table)} ADD CONSTRAINT ${identifier(name)} CHECK (${fragment(sql)})`
  return {
    kind: 'check',
    annotation: 'check',
    origin: `@check on ${model.name}`,
    name: { schema, table: model.table, name },
    create: [create],
    hash: hashOf([create]),
  }
}
