import { createConfiguration, madeConfigurations, searchableModels } from '../../features/search/index.ts'
import { identifier } from '../../pg/sql.ts'
import { hashOf } from './mark.ts'
import type { ObjectKind } from './object.ts'

/** What turns texts into words, where `@search` wants more than PostgreSQL's own. */
export const searchConfigurations: ObjectKind = {
  kind: 'text search configuration',
  declare: ({ schema: meta, names }) =>
    madeConfigurations(searchableModels(meta)).map(({ name, language = 'simple' }) => {
      const create = createConfiguration(names.qualify(names.defaultSchema, name), language)
      return {
        kind: 'text search configuration',
        annotation: 'search',
        origin: '@search(unaccent: true)',
        name: { schema: names.defaultSchema, name },
        create,
        hash: hashOf([name, language]),
      }
    }),
  catalogue: `
    SELECT n.nspname AS schema, NULL AS table, c.cfgname AS name, NULL AS arguments,
           obj_description(c.oid, 'pg_ts_config') AS comment,
           'pg_ts_config'::regclass::oid AS class, c.oid AS object, 0 AS sub, c.oid AS on, false AS prisma
      FROM pg_ts_config c
      JOIN pg_namespace n ON n.oid = c.cfgnamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  target: ({ schema, name }, names) => `TEXT SEARCH CONFIGURATION ${names.qualify(schema, name)}`,
  drop: ({ schema, name }, names) => `DROP TEXT SEARCH CONFIGURATION ${names.qualify(schema, name)}`,
  rename: ({ schema, name }, to, names) =>
    `ALTER TEXT SEARCH CONFIGURATION ${names.qualify(schema, name)} RENAME TO ${identifier(to)}`,
}
