import { createPolicy, dropPolicy, protectedModels } from '../../features/rls/index.ts'
import { identifier } from '../../pg/sql.ts'
import { hashOf } from './mark.ts'
import type { ObjectKind } from './object.ts'

/** The policies of `@rls.policy` and `@rls.tenant`. */
export const policies: ObjectKind = {
  kind: 'policy',
  declare: ({ schema: meta, names }) =>
    [...protectedModels(meta).values()].flatMap(({ model, policies: declared }) =>
      declared.map((policy) => {
        const schema = model.schema ?? names.defaultSchema
        const create = createPolicy(names.qualify(schema, model.table), policy)
        return {
          kind: 'policy',
          annotation: policy.annotation,
          origin: `@${policy.annotation} on ${model.name}`,
          name: { schema, table: model.table, name: policy.name },
          create: [create],
          hash: hashOf([create]),
        }
      }),
    ),
  catalogue: `
    SELECT n.nspname AS schema, t.relname AS table, p.polname AS name, NULL AS arguments,
           obj_description(p.oid, 'pg_policy') AS comment,
           'pg_policy'::regclass::oid AS class, p.oid AS object, 0 AS sub, t.oid AS on, false AS prisma
      FROM pg_policy p
      JOIN pg_class t ON t.oid = p.polrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE n.nspname !~ '^pg_'`,
  target: ({ schema, table = '', name }, names) => `POLICY ${identifier(name)} ON ${names.qualify(schema, table)}`,
  drop: ({ schema, table = '', name }, names) => dropPolicy(names.qualify(schema, table), name),
  rename: ({ schema, table = '', name }, to, names) =>
    `ALTER POLICY ${identifier(name)} ON ${names.qualify(schema, table)} RENAME TO ${identifier(to)}`,
}
