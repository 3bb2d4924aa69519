import { protectedModels, protectTable, unprotectTable } from '../../features/rls/index.ts'
import type { ObjectKind } from './object.ts'

/** Says all there is to say: a table's row security is on and forced, or it is not. */
const hash = '0'.repeat(16)

/**
 * That policies are in force on a table. It is no object that a comment could stand on; that it is ours is known by our policies on
 * the table.
 */
export const rowSecurity: ObjectKind = {
  kind: 'row security',
  unmarked: true,
  declare: ({ schema: meta, names }) =>
    [...protectedModels(meta).values()].map(({ model }) => {
      const schema = model.schema ?? names.defaultSchema
      return {
        kind: 'row security',
        annotation: 'rls',
        origin: `@rls on ${model.name}`,
        name: { schema, table: model.table, name: 'row security' },
        create: [protectTable(names.qualify(schema, model.table))],
        hash,
      }
    }),
  catalogue: `
    SELECT n.nspname AS schema, t.relname AS table, 'row security' AS name, NULL AS arguments,
           'substrata: rls ${hash}' AS comment,
           'pg_class'::regclass::oid AS class, t.oid AS object, 0 AS sub, t.oid AS on, false AS prisma
      FROM pg_class t
      JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE t.relrowsecurity AND t.relforcerowsecurity AND n.nspname !~ '^pg_'
       AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND obj_description(p.oid, 'pg_policy') LIKE 'substrata: %')`,
  target: ({ schema, table = '' }, names) => `TABLE ${names.qualify(schema, table)}`,
  drop: ({ schema, table = '' }, names) => unprotectTable(names.qualify(schema, table)),
}
