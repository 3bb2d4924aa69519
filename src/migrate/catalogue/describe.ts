import type { Client } from 'pg'

/** One thing of a database and how it is defined, in words that are equal exactly when the things are. */
export interface DescribedObject {
  readonly schema: string
  /** `index users_email_key`. */
  readonly object: string
  readonly definition: string
}

/**
 * Everything in a database that a migration can make, but rows, owners, grants and Prisma's ledger: tables and columns in no
 * particular order, constraints, indexes, enums, sequences, views, functions, triggers, policies and our marks. What extensions
 * own is left out, and the schema in which Substrata itself keeps books.
 */
export async function describeDatabase(client: Client): Promise<DescribedObject[]> {
  await client.query('BEGIN')
  try {
    // So that definitions hold every name in full, whatever the role's search path is.
    await client.query('SET LOCAL search_path = pg_catalog')
    const { rows } = await client.query<DescribedObject>(query)
    return rows
  } finally {
    await client.query('ROLLBACK')
  }
}

/** Not null constraints have names of their own since PostgreSQL 18; what they say stands with the column. */
const query = `
  WITH own AS (
    SELECT oid, nspname AS schema FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'substrata')
  ),
  relation AS (
    SELECT c.*, own.schema FROM pg_class c JOIN own ON own.oid = c.relnamespace
     WHERE c.relname NOT LIKE '\\_prisma\\_migrations%'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ),
  described AS (
    SELECT schema, 'table ' || relname AS object,
           concat_ws(' ', relpersistence, relrowsecurity, relforcerowsecurity, pg_get_partkeydef(oid)) AS definition
      FROM relation WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT r.schema, format('column %s.%s', r.relname, a.attname),
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                     pg_get_expr(d.adbin, d.adrelid), substring(col_description(r.oid, a.attnum) FROM '^substrata: .*'))
      FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
      LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
     WHERE r.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT r.schema, format('constraint %s.%s', r.relname, c.conname),
           concat_ws(' ', pg_get_constraintdef(c.oid), substring(obj_description(c.oid, 'pg_constraint') FROM '^substrata: .*'))
      FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid WHERE c.contype NOT IN ('n', 't')
    UNION ALL
    SELECT r.schema, 'index ' || r.relname,
           concat_ws(' ', pg_get_indexdef(r.oid), substring(obj_description(r.oid, 'pg_class') FROM '^substrata: .*'))
      FROM relation r WHERE r.relkind IN ('i', 'I')
    UNION ALL
    SELECT r.schema, 'sequence ' || r.relname, format_type(s.seqtypid, NULL)
      FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
    UNION ALL
    SELECT r.schema, CASE r.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || r.relname,
           concat_ws(' ', pg_get_viewdef(r.oid), substring(obj_description(r.oid, 'pg_class') FROM '^substrata: .*'))
      FROM relation r WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT own.schema, 'enum ' || t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
      FROM pg_type t JOIN own ON own.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
     GROUP BY own.schema, t.typname
    UNION ALL
    SELECT own.schema, format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)),
           concat_ws(' ', CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prokind::text END,
                     substring(obj_description(p.oid, 'pg_proc') FROM '^substrata: .*'))
      FROM pg_proc p JOIN own ON own.oid = p.pronamespace
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT own.schema, 'text search configuration ' || c.cfgname,
           concat_ws(' ', (SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, d.dictname), ', ' ORDER BY m.maptokentype, m.mapseqno)
                             FROM pg_ts_config_map m JOIN pg_ts_dict d ON d.oid = m.mapdict WHERE m.mapcfg = c.oid),
                     substring(obj_description(c.oid, 'pg_ts_config') FROM '^substrata: .*'))
      FROM pg_ts_config c JOIN own ON own.oid = c.cfgnamespace
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_ts_config'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT r.schema, format('trigger %s.%s', r.relname, t.tgname), pg_get_triggerdef(t.oid)
      FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT r.schema, format('policy %s.%s', r.relname, p.polname),
           concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
                     pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
  )
  SELECT schema, object, coalesce(definition, '') AS definition FROM described ORDER BY schema, object`
