import { identifier } from '../../pg/sql.ts'
import { coveringIndexes } from './index-covering.ts'
import { expressionIndexes } from './index-expression.ts'
import { partialIndexes } from './index-partial.ts'
import type { ObjectKind } from './object.ts'
import { policyIndexes } from './policy-indexes.ts'
import { searchIndexes } from './search-indexes.ts'

export const indexes: ObjectKind = {
  kind: 'index',
  declare: (source) => [
    ...partialIndexes(source),
    ...expressionIndexes(source),
    ...coveringIndexes(source),
    ...policyIndexes(source),
    ...searchIndexes(source),
  ],
  // Of indexes Prisma can say: plain columns, all of them keys, every row, nulls distinct and where they are by default, the
  // columns' own collations, no storage parameters, checked at once. Those of views are the views'.
  catalogue: `
    SELECT n.nspname AS schema, t.relname AS table, i.relname AS name, NULL AS arguments,
           obj_description(i.oid, 'pg_class') AS comment,
           'pg_class'::regclass::oid AS class, i.oid AS object, 0 AS sub, t.oid AS on,
           x.indpred IS NULL AND x.indexprs IS NULL AND x.indnatts = x.indnkeyatts
             AND NOT x.indnullsnotdistinct AND NOT x.indisexclusion AND x.indimmediate AND i.reloptions IS NULL
             AND NOT EXISTS (
               SELECT FROM unnest(x.indkey::int2[], x.indcollation::oid[], x.indoption::int2[]) AS key (number, collating, option)
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = key.number
                WHERE key.collating NOT IN (0, a.attcollation) OR key.option NOT IN (0, 3)
             ) AS prisma
      FROM pg_index x
      JOIN pg_class i ON i.oid = x.indexrelid
      JOIN pg_class t ON t.oid = x.indrelid
      JOIN pg_namespace n ON n.oid = i.relnamespace
     WHERE t.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
  target: ({ schema, name }, names) => `INDEX ${names.qualify(schema, name)}`,
  drop: ({ schema, name }, names) => `DROP INDEX ${names.qualify(schema, name)}`,
  rename: ({ schema, name }, to, names) => `ALTER INDEX ${names.qualify(schema, name)} RENAME TO ${identifier(to)}`,
}
