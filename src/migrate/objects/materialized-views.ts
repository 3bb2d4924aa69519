import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createStamp, stampView } from '../../features/views/index.ts'
import { identifier } from '../../pg/sql.ts'
import { annotations, annotationsOf, type ModelMeta } from '../../schema/index.ts'
import { columnsOf, indexName } from './declared-index.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject, ObjectKind } from './object.ts'
import { singleStatement } from './sql-text.ts'

export const materializedViews: ObjectKind = {
  kind: 'materialized view',
  declare: (source) =>
    Object.values(source.schema.models).flatMap((view) =>
      annotationsOf(annotations.viewMaterialized, view).flatMap((each) => [
        declaredView(view, each, source),
        declaredStamp(view, source),
      ]),
    ),
  catalogue: `
    SELECT n.nspname AS schema, NULL AS table, v.relname AS name, NULL AS arguments,
           obj_description(v.oid, 'pg_class') AS comment,
           'pg_class'::regclass::oid AS class, v.oid AS object, 0 AS sub, v.oid AS on, false AS prisma
      FROM pg_class v
      JOIN pg_namespace n ON n.oid = v.relnamespace
     WHERE v.relkind = 'm' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  target: ({ schema, name }, names) => `MATERIALIZED VIEW ${names.qualify(schema, name)}`,
  drop: ({ schema, name }, names) => `DROP MATERIALIZED VIEW ${names.qualify(schema, name)}`,
}

function declaredView(
  view: ModelMeta,
  { sql, file, unique }: { readonly sql?: string; readonly file?: string; readonly unique?: readonly string[] },
  { names, directory }: DeclarationSource,
): DeclaredObject {
  const schema = view.schema ?? names.defaultSchema
  const query = singleStatement(sql ?? readFileSync(resolve(directory, file ?? ''), 'utf8'))
  const name = names.qualify(schema, view.table)
  const create = [`CREATE MATERIALIZED VIEW ${name} AS\n${query}`]
  if (unique !== undefined) {
    const columns = columnsOf(view, unique)
    const index = identifier(indexName(view.table, columns, 'view', true))
    create.push(`CREATE UNIQUE INDEX ${index} ON ${name} (${columns.map((each) => identifier(each)).join(', ')})`)
  }
  return {
    kind: 'materialized view',
    annotation: 'view.materialized',
    origin: `@view.materialized on ${view.name}`,
    name: { schema, name: view.table },
    create,
    hash: hashOf(create),
  }
}

/** When the view was last refreshed. */
function declaredStamp(view: ModelMeta, { names }: DeclarationSource): DeclaredObject {
  const schema = view.schema ?? names.defaultSchema
  const name = stampView(view)
  const create = [createStamp(names.qualify(schema, name))]
  return {
    kind: 'materialized view',
    annotation: 'view.materialized',
    origin: `@view.materialized on ${view.name}`,
    name: { schema, name },
    create,
    hash: hashOf(create),
  }
}
