/** What migrations make for materialized views beside the views themselves. */
import { identifier, literal } from '../../pg/index.ts'
import { annotations, annotationsOf, type ModelMeta, type SchemaMeta } from '../../schema/index.ts'

/** PostgreSQL cuts longer names silently. */
const longestName = 63

/** Every materialized view of a schema. */
export function materializedModels({ models }: SchemaMeta): ModelMeta[] {
  return Object.values(models).filter((model) => annotationsOf(annotations.viewMaterialized, model).length > 0)
}

/** The function that refreshes a view. */
export function refreshFunction({ table }: ModelMeta): string {
  return cut(`refresh_${table}`)
}

/** The view that says when another was refreshed. */
export function stampView({ table }: ModelMeta): string {
  return `${cut(table, longestName - '_refreshed'.length)}_refreshed`
}

function cut(name: string, bytes = longestName): string {
  let kept = name
  while (Buffer.byteLength(kept) > bytes) kept = kept.slice(0, -1)
  return kept
}

/**
 * A view of one row, refreshed after the other and in the same transaction: `started_at`, since when nothing newer is in it, and
 * `ended_at`. A table would have to be granted, and would be wrong after pg_restore, which fills views anew.
 */
export function createStamp(stamp: string): string {
  return `CREATE MATERIALIZED VIEW ${stamp} AS\nSELECT now() AS started_at, clock_timestamp() AS ended_at`
}

const contextSettings = `ARRAY['app.user_id', 'app.tenant_id', 'app.claims']`

interface Refreshed {
  readonly view: string
  readonly stamp: string
  /** True where the view has a unique index, without which readers must wait. */
  readonly concurrently: boolean
}

/**
 * A function by which whoever may execute it has the view refreshed as its owner, which PostgreSQL demands. One refresh at a time:
 * who waited for another takes its outcome, and who named an age neither waits nor refreshes what is younger.
 *
 * It runs under nobody's context, since policies on the tables behind the view would otherwise fill it with the caller's rows; and
 * temporary objects come last in its search path, since a view that somebody made under the name of one of these would be run
 * with its owner's rights.
 *
 * @see https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
 */
export function createRefresh(qualified: string, { view, stamp, concurrently }: Refreshed): string {
  const lock = `hashtextextended('substrata refresh', ${literal(view)}::regclass::oid::bigint)`
  return `CREATE OR REPLACE FUNCTION ${qualified}(max_age interval, OUT refreshed_at timestamptz, OUT refreshed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $refresh$
DECLARE
  asked timestamptz := clock_timestamp();
  ended timestamptz;
  context text[] := ARRAY(SELECT current_setting(name, true) FROM unnest(${contextSettings}) AS name);
BEGIN
  PERFORM set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), 'pg_temp'), true);
  refreshed := false;
  IF max_age IS NULL THEN
    PERFORM pg_advisory_xact_lock(${lock});
  ELSIF NOT pg_try_advisory_xact_lock(${lock}) THEN
    SELECT started_at INTO refreshed_at FROM ${stamp};
    RETURN;
  END IF;
  SELECT started_at, ended_at INTO refreshed_at, ended FROM ${stamp};
  IF (max_age IS NULL AND ended > asked) OR refreshed_at > asked - max_age THEN
    RETURN;
  END IF;
  PERFORM set_config(name, '', true) FROM unnest(${contextSettings}) AS name;
  REFRESH MATERIALIZED VIEW ${concurrently ? 'CONCURRENTLY ' : ''}${view};
  REFRESH MATERIALIZED VIEW ${stamp};
  PERFORM set_config(name, coalesce(value, ''), true) FROM unnest(${contextSettings}, context) AS before (name, value);
  SELECT started_at INTO refreshed_at FROM ${stamp};
  refreshed := true;
END $refresh$`
}

/** The age of what is there, and whether it is more than the given milliseconds. */
export function readStamp({ schema, ...model }: ModelMeta): string {
  const name = stampView(model)
  return `SELECT started_at, extract(epoch FROM clock_timestamp() - started_at) * 1000 > $1::float8 FROM ${schema === undefined ? identifier(name) : identifier(schema, name)}`
}

/** Refreshes, unless it is younger than the given milliseconds; null refreshes in any case. */
export function callRefresh({ schema, ...model }: ModelMeta): string {
  const name = refreshFunction(model)
  const qualified = schema === undefined ? identifier(name) : identifier(schema, name)
  return `SELECT refreshed_at, refreshed FROM ${qualified}($1::float8 * interval '1 millisecond')`
}
