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

-- CreateEnum
CREATE TYPE "sizes" AS ENUM ('SMALL', 'middling', 'LARGE');

-- CreateTable
CREATE TABLE "items" (
    "id" INTEGER NOT NULL,
    "rank" INTEGER,
    "big" BIGINT NOT NULL,
    "price" DECIMAL(30,12),
    "score" DOUBLE PRECISION,
    "flag" BOOLEAN,
    "label" TEXT NOT NULL,
    "note" TEXT,
    "size" "sizes" NOT NULL,
    "other" "sizes",
    "at" TIMESTAMPTZ(6) NOT NULL,
    "seen" TIMESTAMP(6),
    "day" DATE,
    "uid" UUID NOT NULL,
    "raw" BYTEA,
    "extra" JSONB,
    "tags" TEXT[],

    CONSTRAINT "items_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "details" (
    "id" INTEGER NOT NULL,
    "item_id" INTEGER NOT NULL,
    "weight" INTEGER,

    CONSTRAINT "details_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "parts" (
    "item_id" INTEGER NOT NULL,
    "place" INTEGER NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "parts_pkey" PRIMARY KEY ("item_id","place")
);

-- CreateTable
CREATE TABLE "papers" (
    "id" INTEGER NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "score" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "papers_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "items_at_id_idx" ON "items"("at", "id");

-- CreateIndex
CREATE INDEX "items_size_at_id_idx" ON "items"("size", "at" DESC, "id");

-- CreateIndex
CREATE INDEX "items_rank_id_idx" ON "items"("rank", "id");

-- CreateIndex
CREATE INDEX "items_label_rank_id_idx" ON "items"("label" DESC, "rank", "id");

-- CreateIndex
CREATE UNIQUE INDEX "details_item_id_key" ON "details"("item_id");

-- CreateIndex
CREATE INDEX "details_weight_item_id_idx" ON "details"("weight", "item_id");

-- CreateIndex
CREATE UNIQUE INDEX "parts_name_key" ON "parts"("name");

-- AddForeignKey
ALTER TABLE "details" ADD CONSTRAINT "details_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parts" ADD CONSTRAINT "parts_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateRowSecurity
ALTER TABLE "papers" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreatePolicy
CREATE POLICY "tenant_wall" ON "papers" FOR ALL TO PUBLIC USING ("tenant_id" = (SELECT current_tenant_id())) WITH CHECK ("tenant_id" = (SELECT current_tenant_id()));
COMMENT ON POLICY "tenant_wall" ON "papers" IS 'substrata: rls.tenant b56a8c9ce6758e54';
