-- CreateFunction
CREATE OR REPLACE FUNCTION "current_user_id"() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CAST(nullif(pg_catalog.current_setting('app.user_id', true), '') AS text);
COMMENT ON ROUTINE "current_user_id"() IS 'substrata: rls fe0c25a420bc0613';

-- CreateFunction
CREATE OR REPLACE FUNCTION "current_tenant_id"() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CAST(nullif(pg_catalog.current_setting('app.tenant_id', true), '') AS text);
COMMENT ON ROUTINE "current_tenant_id"() IS 'substrata: rls 22a9adc4c0f8b326';

-- CreateFunction
CREATE OR REPLACE FUNCTION "refresh_daily_articles"(max_age interval, OUT refreshed_at timestamptz, OUT refreshed boolean)
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
    PERFORM pg_advisory_xact_lock(hashtextextended('substrata refresh', '"daily_articles"'::regclass::oid::bigint));
  ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('substrata refresh', '"daily_articles"'::regclass::oid::bigint)) THEN
    SELECT started_at INTO refreshed_at FROM "daily_articles_refreshed";
    RETURN;
  END IF;
  SELECT started_at, ended_at INTO refreshed_at, ended FROM "daily_articles_refreshed";
  IF (max_age IS NULL AND ended > asked) OR refreshed_at > asked - max_age THEN
    RETURN;
  END IF;
  PERFORM set_config(name, '', true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims']) AS name;
  REFRESH MATERIALIZED VIEW CONCURRENTLY "daily_articles";
  REFRESH MATERIALIZED VIEW "daily_articles_refreshed";
  PERFORM set_config(name, coalesce(value, ''), true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims'], context) AS before (name, value);
  SELECT started_at INTO refreshed_at FROM "daily_articles_refreshed";
  refreshed := true;
END $refresh$;
COMMENT ON ROUTINE "refresh_daily_articles"(max_age interval, OUT refreshed_at timestamp with time zone, OUT refreshed boolean) IS 'substrata: view.materialized b51ba64e4da4cbf2';

-- CreateFunction
CREATE OR REPLACE FUNCTION "refresh_article_count"(max_age interval, OUT refreshed_at timestamptz, OUT refreshed boolean)
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
    PERFORM pg_advisory_xact_lock(hashtextextended('substrata refresh', '"article_count"'::regclass::oid::bigint));
  ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('substrata refresh', '"article_count"'::regclass::oid::bigint)) THEN
    SELECT started_at INTO refreshed_at FROM "article_count_refreshed";
    RETURN;
  END IF;
  SELECT started_at, ended_at INTO refreshed_at, ended FROM "article_count_refreshed";
  IF (max_age IS NULL AND ended > asked) OR refreshed_at > asked - max_age THEN
    RETURN;
  END IF;
  PERFORM set_config(name, '', true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims']) AS name;
  REFRESH MATERIALIZED VIEW "article_count";
  REFRESH MATERIALIZED VIEW "article_count_refreshed";
  PERFORM set_config(name, coalesce(value, ''), true) FROM unnest(ARRAY['app.user_id', 'app.tenant_id', 'app.claims'], context) AS before (name, value);
  SELECT started_at INTO refreshed_at FROM "article_count_refreshed";
  refreshed := true;
END $refresh$;
COMMENT ON ROUTINE "refresh_article_count"(max_age interval, OUT refreshed_at timestamp with time zone, OUT refreshed boolean) IS 'substrata: view.materialized 7bf7f56037fc7281';

-- CreateEnum
CREATE TYPE "languages" AS ENUM ('english', 'de', 'ja');

-- CreateTable
CREATE TABLE "authors" (
    "id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "authors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "articles" (
    "id" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "content" TEXT,
    "published" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "author_id" INTEGER NOT NULL,

    CONSTRAINT "articles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "article_tags" (
    "article_id" INTEGER NOT NULL,
    "tag" TEXT NOT NULL,

    CONSTRAINT "article_tags_pkey" PRIMARY KEY ("article_id","tag")
);

-- CreateTable
CREATE TABLE "pages" (
    "book" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "language" "languages",

    CONSTRAINT "pages_pkey" PRIMARY KEY ("book","position")
);

-- CreateTable
CREATE TABLE "memos" (
    "id" SERIAL NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "memos_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "articles_created_at_id_idx" ON "articles"("created_at", "id");

-- AddForeignKey
ALTER TABLE "articles" ADD CONSTRAINT "articles_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "authors"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "article_tags" ADD CONSTRAINT "article_tags_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "articles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- CreateTextSearchConfiguration
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION "substrata_english_unaccent" (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION "substrata_english_unaccent" ALTER MAPPING FOR hword, hword_part, word WITH unaccent, pg_catalog.english_stem;
COMMENT ON TEXT SEARCH CONFIGURATION "substrata_english_unaccent" IS 'substrata: search 60abc016db74b2bc';

-- CreateSearchColumn
ALTER TABLE "articles" ADD COLUMN "search_vector" tsvector GENERATED ALWAYS AS (setweight(to_tsvector('"substrata_english_unaccent"'::regconfig, coalesce("title", '')), 'A') || setweight(to_tsvector('"substrata_english_unaccent"'::regconfig, coalesce("content", '')), 'B')) STORED;
COMMENT ON COLUMN "articles"."search_vector" IS 'substrata: search 598c31cbaccdfb69';

-- CreateSearchColumn
ALTER TABLE "pages" ADD COLUMN "search_vector" tsvector GENERATED ALWAYS AS (setweight(to_tsvector(CASE "language" WHEN 'english' THEN 'pg_catalog.english'::regconfig WHEN 'de' THEN 'pg_catalog.german'::regconfig ELSE 'pg_catalog.simple'::regconfig END, coalesce("text", '')), 'A')) STORED;
COMMENT ON COLUMN "pages"."search_vector" IS 'substrata: search 487f687e9eda54f6';

-- CreateSearchColumn
ALTER TABLE "memos" ADD COLUMN "search_vector" tsvector GENERATED ALWAYS AS (setweight(to_tsvector('pg_catalog.english'::regconfig, coalesce("text", '')), 'A')) STORED;
COMMENT ON COLUMN "memos"."search_vector" IS 'substrata: search 640cb5e577d1b534';

-- CreateIndex
CREATE INDEX "articles_search_idx" ON "articles" USING gin ("search_vector");
COMMENT ON INDEX "articles_search_idx" IS 'substrata: search 840895b1a852b322';

-- CreateIndex
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "articles_title_similar_idx" ON "articles" USING gin ("title" gin_trgm_ops);
COMMENT ON INDEX "articles_title_similar_idx" IS 'substrata: search 56406a856339ba7a';

-- CreateIndex
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX "articles_content_similar_idx" ON "articles" USING gin ("content" gin_trgm_ops);
COMMENT ON INDEX "articles_content_similar_idx" IS 'substrata: search 978014385a3f4ea9';

-- CreateIndex
CREATE INDEX "pages_search_idx" ON "pages" USING gin ("search_vector");
COMMENT ON INDEX "pages_search_idx" IS 'substrata: search a8523e85afc91d73';

-- CreateIndex
CREATE INDEX "memos_search_idx" ON "memos" USING gin ("search_vector");
COMMENT ON INDEX "memos_search_idx" IS 'substrata: search f753168e2b5a4071';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "daily_articles" AS
SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS articles
FROM articles
WHERE published
GROUP BY 1;
CREATE UNIQUE INDEX "daily_articles_day_view_key" ON "daily_articles" ("day");
COMMENT ON MATERIALIZED VIEW "daily_articles" IS 'substrata: view.materialized 7eabe29de66a1d5e';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "daily_articles_refreshed" AS
SELECT now() AS started_at, clock_timestamp() AS ended_at;
COMMENT ON MATERIALIZED VIEW "daily_articles_refreshed" IS 'substrata: view.materialized 7700d30c8ade1f7e';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "article_count" AS
SELECT count(*) AS articles FROM articles;
COMMENT ON MATERIALIZED VIEW "article_count" IS 'substrata: view.materialized 7daf559c2d5dcd7b';

-- CreateMaterializedView
CREATE MATERIALIZED VIEW "article_count_refreshed" AS
SELECT now() AS started_at, clock_timestamp() AS ended_at;
COMMENT ON MATERIALIZED VIEW "article_count_refreshed" IS 'substrata: view.materialized 12957c62408213b6';

-- CreateRowSecurity
ALTER TABLE "memos" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreatePolicy
CREATE POLICY "tenant_wall" ON "memos" FOR ALL TO PUBLIC USING ("tenant_id" = (SELECT current_tenant_id())) WITH CHECK ("tenant_id" = (SELECT current_tenant_id()));
COMMENT ON POLICY "tenant_wall" ON "memos" IS 'substrata: rls.tenant 5db40e42d6cd06f1';
