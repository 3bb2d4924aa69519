-- CreateFunction
CREATE OR REPLACE FUNCTION "refresh_daily_post_stats"(max_age interval, OUT refreshed_at timestamptz, OUT refreshed boolean)
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
    PERFORM pg_advisory_xact_lock(hashtextextended('substrata refresh', '"daily_post_stats"'::regclass::oid::bigint));
  ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('substrata refresh', '"daily_post_stats"'::regclass::oid::bigint)) THEN
    SELECT started_at INTO refreshed_at FROM "daily_post_stats_refreshed";
    RETURN;
  END IF;
  SELECT started_at, ended_at INTO refreshed_at, ended FROM "daily_post_stats_refreshed";
  IF (max_age IS NULL AND ended > asked) OR refreshed_at > asked - max_age THEN
    RETURN;
  END IF;
  PERFORM set_config(name, '', true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims']) AS name;
  REFRESH MATERIALIZED VIEW CONCURRENTLY "daily_post_stats";
  REFRESH MATERIALIZED VIEW "daily_post_stats_refreshed";
  PERFORM set_config(name, coalesce(value, ''), true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims'], context) AS before (name, value);
  SELECT started_at INTO refreshed_at FROM "daily_post_stats_refreshed";
  refreshed := true;
END $refresh$;
COMMENT ON ROUTINE "refresh_daily_post_stats"(max_age interval, OUT refreshed_at timestamp with time zone, OUT refreshed boolean) IS 'substrata: view.materialized 6cdcfd8733866322';

-- CreateTextSearchConfiguration
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION "substrata_english_unaccent" (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION "substrata_english_unaccent" ALTER MAPPING FOR hword, hword_part, word WITH unaccent, pg_catalog.english_stem;
COMMENT ON TEXT SEARCH CONFIGURATION "substrata_english_unaccent" IS 'substrata: search 60abc016db74b2bc';

-- CreateSearchColumn
ALTER TABLE "posts" ADD COLUMN "search_vector" tsvector GENERATED ALWAYS AS (setweight(to_tsvector('"substrata_english_unaccent"'::regconfig, coalesce("title", '')), 'A') || setweight(to_tsvector('"substrata_english_unaccent"'::regconfig, coalesce("content", '')), 'B')) STORED;
COMMENT ON COLUMN "posts"."search_vector" IS 'substrata: search 2db060032ab45c2a';

-- CreateIndex
CREATE INDEX "posts_search_idx" ON "posts" USING gin ("search_vector");
COMMENT ON INDEX "posts_search_idx" IS 'substrata: search 0fd06618b755560e';

-- CreateIndex
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "posts_title_similar_idx" ON "posts" USING gin ("title" gin_trgm_ops);
COMMENT ON INDEX "posts_title_similar_idx" IS 'substrata: search 396e6a7366294a91';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "daily_post_stats" AS
SELECT zone AS time_zone, (created_at AT TIME ZONE zone)::date AS day, count(*)::int AS post_count,
       count(DISTINCT author_id)::int AS unique_authors, avg(length(content))::float8 AS avg_content_length
FROM posts CROSS JOIN (VALUES ('UTC'), ('Europe/Berlin')) AS zones (zone)
WHERE published
GROUP BY 1, 2;
CREATE UNIQUE INDEX "daily_post_stats_time_zone_day_view_key" ON "daily_post_stats" ("time_zone", "day");
COMMENT ON MATERIALIZED VIEW "daily_post_stats" IS 'substrata: view.materialized 9f588285e5147868';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "daily_post_stats_refreshed" AS
SELECT now() AS started_at, clock_timestamp() AS ended_at;
COMMENT ON MATERIALIZED VIEW "daily_post_stats_refreshed" IS 'substrata: view.materialized 3054f1d550cc25bd';
