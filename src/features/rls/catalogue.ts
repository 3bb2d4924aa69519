/** Questions to the catalogue about row-level security, with the rows that they are answered with. */

export interface RoleRow {
  readonly name: string
  readonly superuser: boolean
  readonly bypasses: boolean
  /** Roles that it can become and that are above policies. */
  readonly above: readonly string[]
  /** Roles that policies name and whose rights it has without becoming them. */
  readonly inherited: readonly string[]
  readonly version: number
}

export const role = `
  SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
         ARRAY(SELECT o.rolname::text FROM pg_roles o
                WHERE o.oid <> r.oid AND (o.rolsuper OR o.rolbypassrls) AND pg_has_role(r.oid, o.oid, 'MEMBER')
                ORDER BY 1) AS above,
         ARRAY(SELECT DISTINCT o.rolname::text FROM pg_policy p JOIN pg_roles o ON o.oid = ANY (p.polroles)
                WHERE o.oid <> r.oid AND pg_has_role(r.oid, o.oid, 'USAGE') ORDER BY 1) AS inherited,
         current_setting('server_version_num')::int AS version
    FROM pg_roles r WHERE r.rolname = current_user`

export interface TableRow {
  readonly schema: string
  readonly name: string
  readonly enabled: boolean
  readonly forced: boolean
  /** The asking role has the rights of its owner. */
  readonly owned: boolean
  readonly policies: boolean
  /** Columns that no index begins with. */
  readonly unindexed: readonly string[]
}

export const tables = `
  SELECT n.nspname AS schema, t.relname AS name, t.relrowsecurity AS enabled, t.relforcerowsecurity AS forced,
         pg_has_role(t.relowner, 'USAGE') AS owned,
         EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid) AS policies,
         ARRAY(SELECT a.attname::text FROM pg_attribute a
                WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                  AND NOT EXISTS (SELECT FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
                                   WHERE x.indrelid = t.oid AND x.indkey[0] = a.attnum AND x.indpred IS NULL
                                     AND x.indisvalid AND m.amname IN ('btree', 'hash'))) AS unindexed
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
   WHERE t.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   ORDER BY 1, 2`

export interface PolicyRow {
  readonly schema: string
  readonly table: string
  readonly name: string
  readonly command: string
  readonly permissive: boolean
  /** To the asking role, without its becoming another. */
  readonly applies: boolean
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
  /** As printed in conditions: functions without arguments that it calls. */
  readonly functions: readonly string[]
}

export const policies = `
  SELECT n.nspname AS schema, t.relname AS table, p.polname AS name, p.polpermissive AS permissive,
         CASE p.polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' ELSE 'delete' END AS command,
         EXISTS (SELECT FROM unnest(p.polroles) o WHERE CASE o WHEN 0 THEN true ELSE pg_has_role(o, 'USAGE') END) AS applies,
         ARRAY(SELECT CASE o WHEN 0 THEN 'public' ELSE pg_get_userbyid(o)::text END FROM unnest(p.polroles) o) AS roles,
         pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check,
         ARRAY(SELECT DISTINCT replace(f.oid::regprocedure::text, '()', '') FROM pg_depend d JOIN pg_proc f ON f.oid = d.refobjid
                WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
                  AND f.pronargs = 0) AS functions
    FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid JOIN pg_namespace n ON n.oid = t.relnamespace
   ORDER BY 1, 2, 3`

export interface VolatileRow {
  readonly schema: string
  readonly table: string
  readonly policy: string
  readonly name: string
  readonly builtin: boolean
}

/** Built-in functions leave no dependency, so they are read off the stored condition. */
export const volatileFunctions = `
  SELECT DISTINCT n.nspname AS schema, t.relname AS table, p.polname AS policy, f.oid::regprocedure::text AS name,
         f.oid < 16384 AS builtin
    FROM pg_policy p JOIN pg_class t ON t.oid = p.polrelid JOIN pg_namespace n ON n.oid = t.relnamespace
   CROSS JOIN LATERAL regexp_matches(concat(p.polqual::text, p.polwithcheck::text), ':(?:funcid|opfuncid) (\\d+)', 'g') AS m
    JOIN pg_proc f ON f.oid = m[1]::oid
   WHERE f.provolatile = 'v'
   ORDER BY 1, 2, 3, 4`

export interface ViewRow {
  readonly schema: string
  readonly name: string
  readonly materialized: boolean
  readonly table: string
  /** The asking role. */
  readonly grantee: string
}

/** Views that the asking role may read and that read protected tables, directly or through other views. */
export const views = `
  WITH RECURSIVE readers AS (
    SELECT t.oid AS source, t.oid::regclass::text AS table FROM pg_class t WHERE t.relrowsecurity
    UNION
    SELECT w.ev_class, r.table FROM readers r
      JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.source AND d.classid = 'pg_rewrite'::regclass
      JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> r.source
  )
  SELECT DISTINCT ON (n.nspname, v.relname) n.nspname AS schema, v.relname AS name, v.relkind = 'm' AS materialized, r.table,
         current_user::text AS grantee
    FROM readers r JOIN pg_class v ON v.oid = r.source JOIN pg_namespace n ON n.oid = v.relnamespace
   WHERE has_table_privilege(v.oid, 'SELECT')
     AND (v.relkind = 'm' OR (v.relkind = 'v' AND NOT coalesce(
           (SELECT o.option_value::boolean FROM pg_options_to_table(v.reloptions) o WHERE o.option_name = 'security_invoker'), false)))
   ORDER BY 1, 2, r.table`

export interface PartitionRow {
  readonly schema: string
  readonly name: string
  /** The protected table that it is a part of. */
  readonly table: string
  /** The asking role. */
  readonly grantee: string
}

/** Partitions and inheriting tables without policies of their own: those of their parents hold only for who asks the parents. */
export const partitions = `
  WITH RECURSIVE parts AS (
    SELECT t.oid, t.oid::regclass::text AS table FROM pg_class t WHERE t.relrowsecurity
    UNION
    SELECT i.inhrelid, p.table FROM parts p JOIN pg_inherits i ON i.inhparent = p.oid
  )
  SELECT DISTINCT ON (n.nspname, t.relname) n.nspname AS schema, t.relname AS name, p.table, current_user::text AS grantee
    FROM parts p JOIN pg_class t ON t.oid = p.oid JOIN pg_namespace n ON n.oid = t.relnamespace
   WHERE NOT t.relrowsecurity AND has_table_privilege(t.oid, 'SELECT, INSERT, UPDATE, DELETE')
   ORDER BY 1, 2, p.table`
