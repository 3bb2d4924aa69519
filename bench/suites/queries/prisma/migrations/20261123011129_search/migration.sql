-- CreateFunction
CREATE OR REPLACE FUNCTION "refresh_daily_posts"(max_age interval, OUT refreshed_at timestamptz, OUT refreshed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $refresh$
DECLARE
  asked timestamptz := clock_timestamp();
  ended timestamptz;
  context text[] := ARRAY(SELECT current_setting(name, true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims']) AS name);
BEGIN
  PERFORM set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), 'pg_temp'), true);
  refreshed := false;
  IF max_age IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('substrata refresh', '"daily_posts"'::regclass::oid::bigint));
  ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('substrata refresh', '"daily_posts"'::regclass::oid::bigint)) THEN
    SELECT started_at INTO refreshed_at FROM "daily_posts_refreshed";
    RETURN;
  END IF;
  SELECT started_at, ended_at INTO refreshed_at, ended FROM "daily_posts_refreshed";
  IF (max_age IS NULL AND ended > asked) OR refreshed_at > asked - max_age THEN
    RETURN;
  END IF;
  PERFORM set_config(name, '', true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims']) AS name;
  REFRESH MATERIALIZED VIEW CONCURRENTLY "daily_posts";
  REFRESH MATERIALIZED VIEW "daily_posts_refreshed";
  PERFORM set_config(name, coalesce(value, ''), true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims'], context) AS before (name, value);
  SELECT started_at INTO refreshed_at FROM "daily_posts_refreshed";
  refreshed := true;
END $refresh$;
COMMENT ON ROUTINE "refresh_daily_posts"(max_age interval, OUT refreshed_at timestamp with time zone, OUT refreshed boolean) IS 'substrata: view.materialized c142af1a7c402a86';

-- CreateSearchColumn
ALTER TABLE "posts" ADD COLUMN "search_vector" tsvector GENERATED ALWAYS AS (setweight(to_tsvector('pg_catalog.english'::regconfig, coalesce("title", '')), 'A') || setweight(to_tsvector('pg_catalog.english'::regconfig, coalesce("content", '')), 'B')) STORED;
COMMENT ON COLUMN "posts"."search_vector" IS 'substrata: search d4205388ea640625';

-- CreateIndex
CREATE INDEX "posts_search_idx" ON "posts" USING gin ("search_vector");
COMMENT ON INDEX "posts_search_idx" IS 'substrata: search 0fd06618b755560e';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "daily_posts" AS
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS posts,
       count(DISTINCT author_id)::int AS authors, avg(length(content))::float8 AS length
FROM posts
WHERE published
GROUP BY 1;
CREATE UNIQUE INDEX "daily_posts_day_view_key" ON "daily_posts" ("day");
COMMENT ON MATERIALIZED VIEW "daily_posts" IS 'substrata: view.materialized 2291cdd1562d1b16';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "daily_posts_refreshed" AS
SELECT now() AS started_at, clock_timestamp() AS ended_at;
COMMENT ON MATERIALIZED VIEW "daily_posts_refreshed" IS 'substrata: view.materialized c747fcaf19a0f69c';
